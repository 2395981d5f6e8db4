package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On databases where a call costs so much, and each election so much more. */
final class PortionTest {

    private static final Duration BOUND = Duration.ofSeconds(2);
    private static final int ALL = 10_000;

    private long now;
    private int failures;

    /** One call about as many as it may be, which takes at most its bound. */
    private int call(Portion portion, double millis, double millisEach) {
        int elections = Math.min(ALL, portion.size());
        Portion.Call call = portion.call(elections, BOUND, () -> now);
        now += (long) 1e9; // has to wait for its turn
        call.begins();
        double took = millis + millisEach * elections;
        now += (long) (Math.min(took, (double) BOUND.toMillis()) * 1e6);
        if (took < BOUND.toMillis()) {
            call.answered();
            return elections;
        }
        call.failed();
        failures++;
        return 0;
    }

    /** Calls that go on for a while, after an outage. */
    @ParameterizedTest
    @CsvSource({
        // ms for a call, ms for each election, at least so many in one call
        "5, 0.005, 10000",
        "60, 0.01, 10000",
        "300, 0.01, 10000",
        "800, 0.001, 10000",
        "1200, 0, 400",
        "5, 0.3, 1500",
        "5, 1, 400",
        "100, 5, 100",
        "200, 10, 100",
    })
    void itFindsWhatOneCallCanDo(double millis, double millisEach, int least) {
        Portion portion = new Portion();
        for (int i = 0; i < 5; i++) {
            call(portion, (double) BOUND.toMillis(), 0);
        }
        assertThat(portion.size()).as("while nothing answers").isEqualTo(100);
        for (int i = 0; i < 30; i++) {
            call(portion, millis, millisEach);
        }
        failures = 0;
        int most = 0;
        for (int i = 0; i < 100; i++) {
            most = Math.max(most, call(portion, millis, millisEach));
        }
        assertThat(most).as("elections of a call").isGreaterThanOrEqualTo(least);
        assertThat(failures).as("calls of 100 that were about too many").isZero();
    }

    @Test
    void aSlowCallAboutFewSaysNothingAboutMany() {
        Portion portion = new Portion();
        Portion.Call one = portion.call(1, BOUND, () -> now);
        now += BOUND.toNanos();
        one.answered();
        Portion.Call another = portion.call(1, BOUND, () -> now);
        now += BOUND.toNanos();
        another.failed();
        assertThat(portion.size()).isEqualTo(500);
    }

    @Test
    void whatFailsAtOnceIsNotTooMuch() {
        Portion portion = new Portion();
        portion.call(500, BOUND, () -> now).failed();
        assertThat(portion.size()).isEqualTo(500);
    }

    @Test
    void itGrowsNoFurtherThanItMay() {
        Portion portion = new Portion(250);
        for (int i = 0; i < 10; i++) {
            call(portion, 1, 0);
        }
        assertThat(portion.size()).isEqualTo(250);
    }
}
