package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimingTest {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 s",
        "PT-1S, -1 s",
        "PT-0.5S, -0.5 s",
        "PT0.999S, 999 ms",
        "PT24H0.001S, 86400.001 s",
        "PT25H, 90000 s",
        "PT9223372036854775807S, 9223372036854775807 s"
    })
    void aTtlOutOfRangeIsRefusedWithItsValueAndTheRange(Duration ttl, String shown) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Timing(ttl, HEARTBEAT, Timing.DEFAULT_STOP_TIMEOUT))
                .withMessageContainingAll("TTL " + shown + " ", "1 s to 86400 s");
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 s",
        "PT-2S, -2 s",
        "PT0.099S, 99 ms",
        "PT25H, 90000 s",
        "PT9223372036854775807S, 9223372036854775807 s"
    })
    void aHeartbeatOutOfRangeIsRefusedWithItsValueAndTheRange(Duration heartbeat, String shown) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Timing(TTL, heartbeat, Timing.DEFAULT_STOP_TIMEOUT))
                .withMessageContainingAll(
                        "heartbeat " + shown + " is out of range", "at least 100 ms", "at most TTL / 2 = 5 s");
    }

    @ParameterizedTest
    @CsvSource({
        "PT10S, PT5.001S, 5.001 s, 10 s, 5 s, 10.002 s",
        "PT10S, PT10S, '10 s', '10 s', '5 s', '20 s'",
        "PT10S, PT15S, '15 s', '10 s', '5 s', '30 s'",
        "PT1S, PT0.501S, 501 ms, 1 s, 500 ms, 1.002 s"
    })
    void aHeartbeatThatDoesNotFitIsRefusedWithBothValuesTheRuleAndBothRemedies(
            Duration ttl, Duration heartbeat, String shownHeartbeat, String shownTtl, String most, String least) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Timing(ttl, heartbeat, Timing.DEFAULT_STOP_TIMEOUT))
                .withMessageContainingAll(
                        "heartbeat " + shownHeartbeat + " does not fit TTL " + shownTtl,
                        "heartbeat + 2 x TTL/5 must be at most TTL - TTL/10",
                        "heartbeat of at most " + most,
                        "TTL of at least " + least);
    }

    @ParameterizedTest
    @CsvSource({
        "PT-0.001S, '-0.001 s'",
        "PT-7S, -7 s",
        "PT25H, 90000 s",
        "PT9223372036854775807S, 9223372036854775807 s"
    })
    void aStopTimeoutOutOfRangeIsRefusedWithItsValue(Duration stopTimeout, String shown) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Timing(TTL, HEARTBEAT, stopTimeout))
                .withMessageContainingAll("stop timeout " + shown + " ", "0 s to 86400 s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1S", "PT3S", "PT10S", "PT24H"})
    void halfTheTtlAlwaysFits(Duration ttl) {
        Timing timing = new Timing(ttl, ttl.dividedBy(2), Duration.ZERO);
        Duration needed = timing.heartbeat().plus(timing.callTimeout().multipliedBy(2));
        assertThat(needed.toNanos()).isLessThanOrEqualTo(timing.trustNanos());
    }

    @Test
    void aHolderTrustsItsLeaseForShorterThanTheTtl() {
        Timing timing = new Timing(TTL, HEARTBEAT, Timing.DEFAULT_STOP_TIMEOUT);
        assertThat(Duration.ofNanos(timing.trustNanos())).isEqualTo(Duration.ofSeconds(9));
        assertThat(timing.callTimeout()).isEqualTo(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @CsvSource({"PT1S, PT0.166666666S", "PT6S, PT1S", "PT1H, PT1S"})
    void aFollowerLooksEverySecondAtLeast(Duration ttl, Duration poll) {
        assertThat(new Timing(ttl, ttl.dividedBy(2), Timing.DEFAULT_STOP_TIMEOUT).pollInterval())
                .isEqualTo(poll);
    }
}
