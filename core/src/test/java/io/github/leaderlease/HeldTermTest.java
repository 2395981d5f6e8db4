package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

final class HeldTermTest {

    private static final Timing TIMING =
            new Timing(Duration.ofSeconds(10), Duration.ofSeconds(5), Timing.DEFAULT_STOP_TIMEOUT);
    private static final Duration VALID = Duration.ofSeconds(9);

    private final ManualScheduler time = new ManualScheduler();
    private final HeldTerm leadership = won();

    private HeldTerm won() {
        return new HeldTerm(
                new TermKey("job", 7, "abc"), "node-1", TIMING, time, ClockReading.of(time), HeldTerm.Fence.NONE);
    }

    @Test
    void itTellsWhatItIs() {
        assertThat(leadership.election()).isEqualTo("job");
        assertThat(leadership.node()).isEqualTo("node-1");
        assertThat(leadership.fencingToken()).isEqualTo(7);
        assertThat(leadership.holderId()).isEqualTo("abc");
        assertThat(leadership.startedAt()).isEqualTo(Instant.ofEpochMilli(time.wallMillis()));
        assertThat(leadership).hasToString("Leadership[job, node node-1, token 7]");
    }

    @Test
    void itIsValidUntilTtlMinusMarginAndNotANanosecondLonger() {
        time.stepMonotonic(VALID.minusNanos(1));
        assertThat(leadership.remaining()).isEqualTo(Duration.ofNanos(1));
        assertThat(leadership.isValid()).isTrue();
        time.stepMonotonic(Duration.ofNanos(1));
        assertThat(leadership.isValid()).isFalse();
        assertThat(leadership.remaining()).isZero();
    }

    @Test
    void onceSeenInvalidItStaysSo() {
        time.stepWall(VALID);
        assertThat(leadership.isValid()).isFalse();
        time.stepWall(VALID.negated());
        assertThat(leadership.isValid()).isFalse();
        assertThat(leadership.extend(ClockReading.of(time))).isFalse();
        assertThat(leadership.isValid()).isFalse();
    }

    @Test
    void theWallClockEndsItWhenTheMonotonicOneStoodStill() {
        time.stepWall(VALID.minusMillis(1));
        assertThat(leadership.isValid()).isTrue();
        time.stepWall(Duration.ofMillis(1));
        assertThat(leadership.isValid()).isFalse();
    }

    @Test
    void aWallClockSetBackNeitherEndsNorLengthensIt() {
        time.stepWall(Duration.ofHours(-1));
        assertThat(leadership.remaining()).isEqualTo(VALID);
        time.stepMonotonic(VALID);
        assertThat(leadership.isValid()).isFalse();
    }

    @Test
    void aRenewalCountsFromWhenItWasSent() {
        time.advance(Duration.ofSeconds(5));
        ClockReading sent = ClockReading.of(time);
        time.advance(Duration.ofSeconds(2));
        assertThat(leadership.extend(sent)).isTrue();
        assertThat(leadership.remaining()).isEqualTo(VALID.minusSeconds(2));
    }

    @Test
    void aRenewalWhoseAnswerCameLateIsRefused() {
        time.advance(Duration.ofSeconds(5));
        ClockReading sent = ClockReading.of(time);
        time.advance(Duration.ofSeconds(4));
        assertThat(leadership.extend(sent)).isFalse();
        assertThat(leadership.isValid()).isFalse();
    }

    @Test
    void aTermThatWasEndedCannotBeExtended() {
        leadership.end();
        assertThat(leadership.isValid()).isFalse();
        assertThat(leadership.extend(ClockReading.of(time))).isFalse();
        assertThat(leadership.remaining()).isZero();
    }

    /** Whoever reads false first must be the last to have been able to read true, whatever renewals arrive meanwhile. */
    @RepeatedTest(20)
    void noThreadReadsTrueAfterAnotherReadFalse() throws Exception {
        HeldTerm term = won();
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Boolean>> work = new ArrayList<>();
            for (int reader = 0; reader < 3; reader++) {
                work.add(() -> revived(term, over));
            }
            work.add(() -> {
                for (int i = 0; i < 2_000; i++) {
                    time.stepMonotonic(Duration.ofSeconds(1));
                    term.extend(ClockReading.of(time));
                }
                time.stepWall(Duration.ofMinutes(1));
                time.stepWall(Duration.ofMinutes(-1));
                time.stepMonotonic(VALID);
                return false;
            });
            for (Future<Boolean> result : threads.invokeAll(work, 30, TimeUnit.SECONDS)) {
                assertThat(result.get()).isFalse();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(term.isValid()).isFalse();
    }

    private static boolean revived(HeldTerm term, AtomicBoolean over) {
        for (int after = 0; after < 1_000; ) {
            boolean knownOver = over.get();
            boolean valid = term.isValid();
            if (knownOver && valid) {
                return true;
            }
            if (!valid) {
                over.set(true);
                after++;
            }
        }
        return false;
    }
}
