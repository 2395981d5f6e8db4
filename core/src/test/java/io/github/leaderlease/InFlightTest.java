package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A call whose answer may get lost within this process. */
final class InFlightTest {

    private static final Duration BOUND = Duration.ofMillis(500);
    private final InFlight call = new InFlight();

    private boolean lostAfter(Duration time) {
        return call.lost(time.toNanos());
    }

    @Test
    void itIsWaitedForTwiceItsBoundAndThenLookedAtOnceMore() {
        call.begin(0, BOUND);
        assertThat(lostAfter(BOUND.multipliedBy(2).minusNanos(1))).isFalse();
        assertThat(lostAfter(Duration.ofHours(1)))
                .as("after a pause its answer may be next")
                .isFalse();
        assertThat(call.busy()).isTrue();
        assertThat(lostAfter(Duration.ofHours(1).plusMillis(50))).isTrue();
        assertThat(call.busy()).isFalse();
        assertThat(lostAfter(Duration.ofHours(2))).as("said once").isFalse();
    }

    @Test
    void whatWasAnsweredIsNotLost() {
        call.begin(0, BOUND);
        call.end();
        assertThat(lostAfter(Duration.ofHours(1))).isFalse();
        assertThat(lostAfter(Duration.ofHours(2))).isFalse();
    }
}
