package io.github.leaderlease.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class VirtualTimeTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualTime time = new VirtualTime(new SplittableRandom(1));
    private final List<String> done = new ArrayList<>();

    private VirtualScheduler node(double rate) {
        return time.node(new VirtualScheduler.Clocks(1000, rate, 5000, rate));
    }

    @Test
    void tasksRunInTheOrderInWhichTheyFallDue() {
        VirtualScheduler node = node(1);
        node.schedule(SECOND.multipliedBy(2), () -> done.add("second"));
        node.schedule(SECOND, () -> done.add("first"));
        node.schedule(SECOND, () -> done.add("first, but scheduled later"));
        node.schedule(SECOND, () -> done.add("cancelled")).run();
        time.pass(SECOND);
        assertThat(done).containsExactly("first", "first, but scheduled later");
        time.pass(SECOND);
        assertThat(done).last().isEqualTo("second");
        assertThat(node.nanoTime()).isEqualTo(1000 + 2_000_000_000L);
        assertThat(node.wallMillis()).isEqualTo(7000);
    }

    @Test
    void fastClockFallsDueEarlierInTrueTime() {
        VirtualScheduler fast = node(1.05);
        VirtualScheduler slow = node(0.95);
        slow.schedule(SECOND, () -> done.add("slow at " + time.nanos() / 1_000_000));
        fast.schedule(SECOND, () -> {
            done.add("fast at " + time.nanos() / 1_000_000);
            assertThat(fast.nanoTime()).isBetween(1000 + SECOND.toNanos(), 1002 + SECOND.toNanos());
        });
        time.pass(SECOND.multipliedBy(2));
        assertThat(done).containsExactly("fast at 952", "slow at 1052");
    }

    @Test
    void pausedNodeCatchesUpWhenItGoesOn() {
        VirtualScheduler node = node(1);
        node.schedule(SECOND, () -> done.add("late at " + node.nanoTime() / 1_000_000_000));
        node.pause();
        time.pass(SECOND.multipliedBy(3));
        assertThat(done).isEmpty();
        node.resume();
        time.pass(Duration.ZERO);
        assertThat(done).containsExactly("late at 3");
    }

    @Test
    void suspendedHostStopsOneOfItsClocks() {
        VirtualScheduler node = node(1);
        node.suspend(VirtualScheduler.Clock.MONOTONIC);
        time.pass(SECOND);
        node.resume();
        assertThat(node.nanoTime()).isEqualTo(1000);
        assertThat(node.wallMillis()).isEqualTo(6000);
        node.suspend(VirtualScheduler.Clock.WALL);
        time.pass(SECOND);
        node.resume();
        assertThat(node.nanoTime()).isEqualTo(1000 + SECOND.toNanos());
        assertThat(node.wallMillis()).isEqualTo(6000);
    }

    @Test
    void killedNodeDoesNothingMore() {
        VirtualScheduler node = node(1);
        node.schedule(SECOND, () -> done.add("task"));
        node.kill();
        node.schedule(Duration.ZERO, () -> done.add("later task"));
        time.pass(SECOND.multipliedBy(2));
        assertThat(done).isEmpty();
        assertThat(node.running()).isFalse();
    }

    @Test
    void wallClockCanBeStepped() {
        VirtualScheduler node = node(1);
        node.stepWall(Duration.ofHours(-1));
        assertThat(node.wallMillis()).isEqualTo(5000 - 3_600_000);
        assertThat(node.nanoTime()).isEqualTo(1000);
    }

    @Test
    void monotonicClockMayOverflow() {
        VirtualScheduler node = time.node(new VirtualScheduler.Clocks(Long.MAX_VALUE - 10, 1, 0, 1));
        node.schedule(SECOND, () -> done.add("after the overflow"));
        node.schedule(Duration.ofNanos(1), () -> done.add("before the overflow"));
        time.pass(SECOND);
        assertThat(done).containsExactly("before the overflow", "after the overflow");
        assertThat(node.nanoTime()).isNegative();
    }

    @Test
    void timeRefusesToGoBack() {
        time.pass(SECOND);
        assertThatThrownBy(() -> time.stepUntil(0)).hasMessageContaining("cannot go back");
        assertThatThrownBy(() -> time.after(Duration.ofNanos(-1), () -> {})).hasMessageContaining("never goes back");
        assertThatThrownBy(() -> node(0)).hasMessageContaining("rate above 0");
    }
}
