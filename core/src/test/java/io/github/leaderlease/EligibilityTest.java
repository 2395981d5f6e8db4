package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an application says about whether its candidate may lead. */
final class EligibilityTest {

    private final Deque<Runnable> threads = new ArrayDeque<>();
    private final List<Boolean> told = new ArrayList<>();
    private long now;
    private boolean known;

    private Eligibility of(@Nullable BooleanSupplier condition) {
        known = condition == null;
        return new Eligibility("job", condition, threads::add, now, () -> known, this::told);
    }

    private void told(boolean is) {
        known = is;
        told.add(is);
    }

    private void pass(Eligibility eligibility, Duration time) {
        now += time.toNanos();
        eligibility.check(now);
    }

    @Test
    void withoutAConditionItIsEligibleUnlessSuspended() {
        Eligibility eligibility = of(null);
        assertThat(eligibility.eligible()).isTrue();
        eligibility.suspend(true);
        pass(eligibility, Duration.ofSeconds(5));
        eligibility.suspend(false);
        pass(eligibility, Duration.ZERO);
        assertThat(told).containsExactly(false, true);
        assertThat(threads).isEmpty();
    }

    @Test
    void aConditionRunsOnAnotherThreadOnceASecondAndOneAtATime() {
        boolean[] holds = {true};
        Eligibility eligibility = of(() -> holds[0]);
        assertThat(eligibility.eligible()).as("not asked yet").isFalse();
        pass(eligibility, Duration.ZERO);
        pass(eligibility, Duration.ofSeconds(4));
        assertThat(threads).as("it is still being asked").hasSize(1);
        threads.remove().run();
        assertThat(eligibility.eligible()).as("nothing changes on that thread").isFalse();
        pass(eligibility, Duration.ZERO);
        assertThat(eligibility.eligible()).isTrue();
        holds[0] = false;
        pass(eligibility, Duration.ofMillis(900));
        assertThat(threads).isEmpty();
        pass(eligibility, Duration.ofMillis(100));
        threads.remove().run();
        pass(eligibility, Duration.ZERO);
        assertThat(told).last().isEqualTo(false);
    }

    @Test
    void whatThrowsDoesNotHold() {
        boolean[] fails = {false};
        Eligibility eligibility = of(() -> {
            if (fails[0]) {
                throw new NoClassDefFoundError("meant to fail");
            }
            return true;
        });
        pass(eligibility, Duration.ZERO);
        threads.remove().run();
        pass(eligibility, Duration.ZERO);
        assertThat(eligibility.eligible()).isTrue();
        fails[0] = true;
        for (int i = 0; i < 3; i++) {
            pass(eligibility, Duration.ofSeconds(1));
            threads.remove().run();
            pass(eligibility, Duration.ZERO);
            assertThat(eligibility.eligible()).isFalse();
        }
    }

    @Test
    void whatDoesNotReturnLeavesItsLastAnswer() {
        Eligibility[] asking = new Eligibility[1];
        int[] asked = {0};
        asking[0] = of(() -> {
            if (++asked[0] == 2) {
                pass(asking[0], Duration.ofMinutes(1)); // and is not back yet
                pass(asking[0], Duration.ofMinutes(1));
                assertThat(threads).isEmpty();
                assertThat(asking[0].eligible()).isTrue();
            }
            return true;
        });
        for (int i = 0; i < 2; i++) {
            pass(asking[0], Duration.ofSeconds(1));
            threads.remove().run();
            pass(asking[0], Duration.ZERO);
        }
        assertThat(asked[0]).isEqualTo(2);
    }

    /** Such as when there is no memory for a thread. */
    @Test
    void whatCouldNotBeAskedIsAskedAgain() {
        int[] refusals = {2};
        Eligibility eligibility = new Eligibility(
                "job",
                () -> true,
                task -> {
                    if (refusals[0]-- > 0) {
                        throw new OutOfMemoryError("meant to fail");
                    }
                    threads.add(task);
                },
                now,
                () -> known,
                this::told);
        for (int i = 0; i < 3; i++) {
            pass(eligibility, Duration.ofSeconds(1));
        }
        assertThat(threads).hasSize(1);
    }

    /** Such as a task of an executor that has lost its threads. */
    @Test
    void whatDoesNotBeginIsAskedAgain() {
        int[] asked = {0};
        Eligibility eligibility = of(() -> ++asked[0] > 0);
        pass(eligibility, Duration.ZERO);
        pass(eligibility, Duration.ofSeconds(4));
        assertThat(threads).hasSize(1);
        pass(eligibility, Duration.ofSeconds(1));
        assertThat(threads).hasSize(2);
        pass(eligibility, Duration.ofSeconds(4));
        assertThat(threads).as("less and less often").hasSize(2);
        threads.forEach(Runnable::run);
        pass(eligibility, Duration.ZERO);
        assertThat(asked[0]).as("once, however often it was handed over").isEqualTo(1);
        assertThat(eligibility.eligible()).isTrue();
    }
}
