package io.github.leaderlease.testdatabases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RoundsTest {

    private static final Duration BOUND = Duration.ofSeconds(1);

    private final AtomicInteger played = new AtomicInteger();

    @Test
    void whatSucceedsIsPlayedOnce() throws Exception {
        Rounds.play(round -> played.incrementAndGet());
        assertThat(played).hasValue(1);
    }

    @Test
    void whatIsTooSlowOnceMayBeQuickTheNextTime() throws Exception {
        Rounds.play(round -> round.within(BOUND, BOUND.multipliedBy(2 - played.getAndIncrement()), "it"));
        assertThat(played).hasValue(2);
    }

    @Test
    void whatIsTooSlowEachTimeFails() {
        assertThatThrownBy(() -> Rounds.play(round -> {
                    played.incrementAndGet();
                    round.within(BOUND, BOUND.plusNanos(1), "it");
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("it took PT1.000000001S, more than PT1S");
        assertThat(played).hasValue(3);
    }

    @Test
    void anyOtherFailureIsOne() {
        assertThatThrownBy(() -> Rounds.play(round -> {
                    round.excuse("the lease ran out", () -> false);
                    played.incrementAndGet();
                    throw new AssertionError("wrong");
                }))
                .hasMessage("wrong");
        assertThat(played).hasValue(1);
    }

    @Test
    void aFailureWithAnExcuseIsPlayedAgain() throws Exception {
        Rounds.play(round -> {
            AtomicBoolean ranOut = new AtomicBoolean();
            round.excuse("the lease ran out", ranOut::get);
            ranOut.set(true);
            assertThat(played.incrementAndGet()).isEqualTo(2);
        });
    }

    @Test
    void aBrokenGuaranteeHasNoExcuse() {
        assertThatThrownBy(() -> Rounds.play(round -> {
                    round.excuse("the lease ran out", () -> true);
                    played.incrementAndGet();
                    AssertionError late = new AssertionError("too late");
                    late.addSuppressed(new BrokenGuarantee("two leaders"));
                    throw late;
                }))
                .hasMessage("too late");
        assertThat(played).hasValue(1);
    }
}
