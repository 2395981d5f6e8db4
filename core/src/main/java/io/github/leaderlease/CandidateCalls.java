package io.github.leaderlease;

import io.github.leaderlease.Transition.Action;
import io.github.leaderlease.spi.LeaseStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/** Which calls of one candidate are under way: at most one renewal, one attempt and one release. */
final class CandidateCalls {

    /** The term whose renewal is under way, 0 if none. */
    private long renewing;

    private final InFlight renewal = new InFlight();
    private final InFlight attempt = new InFlight();
    private final InFlight release = new InFlight();

    /** An attempt or a release is handed over to be sent. */
    void begin(Action action, long now, Duration bound) {
        if (action instanceof Action.Release again) {
            release.begin(now, bound.plus(again.delay()));
        } else {
            attempt.begin(now, bound);
        }
    }

    /** The release has been sent, or has not had its turn yet. */
    void releaseWaits(long now, Duration bound) {
        release.begin(now, bound);
    }

    void renewalSent(long token, long now, Duration bound) {
        renewal.begin(now, bound);
        renewing = token;
    }

    void renewalAnswered(long token) {
        renewing = renewing == token ? 0 : renewing;
    }

    boolean renews(long token) {
        return renewing == token;
    }

    /** Answers come within their bounds, unless an error hit whoever passed them on: what to make of those that did not. */
    List<Rule> lost(Role role, ClockReading now, DoubleSupplier random) {
        List<Rule> consequences = new ArrayList<>();
        if (renewal.lost(now.nanos())) {
            renewing = 0;
        }
        if (attempt.lost(now.nanos()) && role instanceof Role.Acquiring pending) {
            consequences.add((state, me) ->
                    FollowerRules.acquireFailed(state, me, pending.attempt(), lostAnswer(), now, random.getAsDouble()));
        }
        if (release.lost(now.nanos()) && role instanceof Role.Demoted demoted && demoted.releasing()) {
            consequences.add((state, me) -> LeaderRules.releaseFailed(
                    state, me, demoted.key().token(), lostAnswer(), now, random.getAsDouble()));
        }
        return consequences;
    }

    private static LeaseStoreException lostAnswer() {
        return new LeaseStoreException(LeaseStoreException.Failure.OTHER, "the answer got lost in this process", null);
    }
}
