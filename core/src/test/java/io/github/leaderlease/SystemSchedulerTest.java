package io.github.leaderlease;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The engine's thread. */
final class SystemSchedulerTest {

    private final SystemScheduler time = new SystemScheduler("test");
    private final List<Integer> ran = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        time.close();
    }

    private void happens(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(20, SECONDS)).isTrue();
    }

    @Test
    void tasksRunInTheOrderInWhichTheyFallDue() throws Exception {
        boolean asPlanned = false;
        while (!asPlanned) {
            asPlanned = ranInOrder(Collections.synchronizedList(new ArrayList<>()));
        }
    }

    /** False if this thread was held up for so long that what should have fallen due first did not. */
    private boolean ranInOrder(List<Integer> ran) throws InterruptedException {
        CountDownLatch last = new CountDownLatch(1);
        CountDownLatch begin = new CountDownLatch(1);
        time.schedule(Duration.ZERO, () -> LaneBench.await(begin));
        long before = System.nanoTime();
        time.schedule(Duration.ofMillis(30), last::countDown);
        time.schedule(Duration.ofMillis(20), () -> ran.add(3));
        time.schedule(Duration.ZERO, () -> ran.add(1));
        time.schedule(Duration.ZERO, () -> ran.add(2));
        boolean asPlanned = System.nanoTime() - before < Duration.ofMillis(10).toNanos();
        begin.countDown();
        happens(last);
        if (asPlanned) {
            assertThat(ran).containsExactly(1, 2, 3);
        }
        return asPlanned;
    }

    @Test
    void whatATaskThrowsOrInterruptsIsItsOwnAffair() throws Exception {
        CompletableFuture<Thread> first = new CompletableFuture<>();
        time.schedule(Duration.ZERO, () -> {
            first.complete(Thread.currentThread());
            Thread.currentThread().interrupt();
            throw new OutOfMemoryError("on purpose");
        });
        CompletableFuture<Thread> second = new CompletableFuture<>();
        time.schedule(Duration.ofMillis(5), () -> second.complete(Thread.currentThread()));
        assertThat(second.get(20, SECONDS)).isSameAs(first.get(20, SECONDS));
    }

    @Test
    void aTaskThatIsCancelledDoesNotRun() throws Exception {
        CountDownLatch begin = new CountDownLatch(1);
        time.schedule(Duration.ZERO, () -> LaneBench.await(begin));
        Runnable cancel = time.schedule(Duration.ofMillis(1), () -> ran.add(1));
        CountDownLatch last = new CountDownLatch(1);
        time.schedule(Duration.ofMillis(2), last::countDown);
        cancel.run();
        begin.countDown();
        happens(last);
        assertThat(ran).isEmpty();
    }

    @Test
    void whatWasDueWhenItWasClosedStillRunsAndWhatComesLaterDoesNot() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        CountDownLatch last = new CountDownLatch(1);
        time.schedule(Duration.ZERO, () -> LaneBench.await(closed));
        time.schedule(Duration.ZERO, last::countDown);
        time.schedule(Duration.ofHours(1), () -> ran.add(1));
        time.close();
        time.schedule(Duration.ZERO, () -> ran.add(2));
        closed.countDown();
        happens(last);
        assertThat(ran).isEmpty();
        assertThat(time.isClosed()).isTrue();
    }
}
