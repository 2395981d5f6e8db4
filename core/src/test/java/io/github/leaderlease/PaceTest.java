package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a vacated lease is left alone, and for how long at most. */
final class PaceTest {

    private static final Duration TTL = Duration.ofSeconds(10);

    private static Pace after(Pace pace, int changes, long now, Duration between) {
        Pace seen = pace;
        for (int i = 1; i <= changes; i++) {
            seen = seen.sees(pace.token() + i, false, now + i * between.toNanos(), TTL);
        }
        return seen;
    }

    @Test
    void aFewChangesAtOnceHoldNobodyUp() {
        Pace first = Pace.initial(0).sees(1, false, 0, TTL);
        assertThat(after(first, Pace.BURST - 1, 0, Duration.ZERO).mayTakeAt(TTL))
                .isLessThanOrEqualTo(0);
        assertThat(after(first, Pace.BURST, 0, Duration.ZERO).mayTakeAt(TTL)).isPositive();
    }

    /** Seconds, however long the storm was: with an hour of it behind them somebody has to lead again soon. */
    @ParameterizedTest
    @ValueSource(longs = {1_000, 10_000, 24_000, 3_600_000})
    void afterAnyStormALeaseIsTakenWithinTwoIntervals(long ttlMillis) {
        Duration ttl = Duration.ofMillis(ttlMillis);
        Pace pace = Pace.initial(0).sees(1, true, 0, ttl);
        long now = 0;
        for (int i = 2; i < 5_000; i++) {
            now += Pace.interval(ttl);
            pace = pace.sees(i, true, now, ttl);
        }
        assertThat(pace.mayTakeAt(ttl) - now)
                .isBetween(1L, 2 * Pace.interval(ttl))
                .isLessThanOrEqualTo(Duration.ofSeconds(6).toNanos());
    }

    @Test
    void whatWasRememberedWithALongTtlIsLimitedByAShortOne() {
        Pace pace = Pace.initial(0).sees(1, false, 0, Duration.ofHours(1));
        for (int i = 2; i < 100; i++) {
            pace = pace.sees(i, false, 0, Duration.ofHours(1));
        }
        assertThat(pace.limited(0, Duration.ofSeconds(1)).mayTakeAt(Duration.ofSeconds(1)))
                .isLessThanOrEqualTo(Duration.ofSeconds(2).toNanos());
    }

    @Test
    void changesThatAreRareAreForgotten() {
        Pace first = Pace.initial(0).sees(1, false, 0, TTL);
        Duration rare = Duration.ofSeconds(5);
        long now = 50 * rare.toNanos();
        assertThat(after(first, 50, 0, rare).mayTakeAt(TTL) - now).isLessThanOrEqualTo(0);
    }
}
