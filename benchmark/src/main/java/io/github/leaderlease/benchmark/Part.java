package io.github.leaderlease.benchmark;

import io.github.leaderlease.benchmark.api.Api;
import io.github.leaderlease.benchmark.calls.Calls;
import io.github.leaderlease.benchmark.crowd.Candidates;
import io.github.leaderlease.benchmark.lab.Crashes;
import io.github.leaderlease.benchmark.lab.Handover;
import io.github.leaderlease.benchmark.lab.Rolling;
import io.github.leaderlease.benchmark.report.Section;
import io.github.leaderlease.benchmark.scale.Bloat;
import io.github.leaderlease.benchmark.scale.Idle;
import io.github.leaderlease.benchmark.scale.Renewals;
import java.time.Duration;
import java.util.Locale;

/** What can be measured, and how long that takes. */
enum Part {
    API(10, 70),
    CALLS(25, 240),
    HANDOVER(35, 560),
    ROLLING(45, 330),
    CRASH(45, 280),
    FREEZE(45, 320),
    RENEWALS(15, 70),
    IDLE(45, 200),
    BLOAT(15, 160),
    CANDIDATES(35, 240),
    FENCE(15, 60);

    private final Duration quick;
    private final Duration full;

    Part(int quickSeconds, int fullSeconds) {
        this.quick = Duration.ofSeconds(quickSeconds);
        this.full = Duration.ofSeconds(fullSeconds);
    }

    Section measure(Run run) throws Exception {
        return switch (this) {
            case API -> Api.measure(run);
            case CALLS -> Calls.measure(run);
            case HANDOVER -> Handover.measure(run);
            case ROLLING -> Rolling.measure(run);
            case CRASH -> Crashes.crash(run);
            case FREEZE -> Crashes.freeze(run);
            case RENEWALS -> Renewals.measure(run);
            case IDLE -> Idle.measure(run);
            case BLOAT -> Bloat.measure(run);
            case CANDIDATES -> Candidates.measure(run);
            case FENCE -> FencePart.measure(run);
        };
    }

    /** How long it takes on two cores. */
    Duration expected(Size size) {
        return size == Size.FULL ? full : quick;
    }

    /** As it is called on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
