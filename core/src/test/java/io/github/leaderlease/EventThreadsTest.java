package io.github.leaderlease;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** User code that blocks, and threads that cannot be had. */
final class EventThreadsTest {

    private final ManualScheduler time = new ManualScheduler();
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final AtomicInteger refusals = new AtomicInteger();
    private final EventThreads threads = new EventThreads("a", time, this::thread);

    @AfterEach
    void letAllGo() {
        letGo.countDown();
        threads.close();
    }

    private Thread thread(Runnable task, String name) {
        boolean refused = refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        return refused ? new Unstartable() : SystemScheduler.daemon(task, name);
    }

    private static final class Unstartable extends Thread {
        @Override
        public synchronized void start() {
            throw new OutOfMemoryError("unable to create native thread, on purpose");
        }
    }

    private void block() {
        LaneBench.await(letGo);
    }

    /** Moves time until it has happened. */
    private void awaitWhileTimePasses(CountDownLatch latch) throws InterruptedException {
        for (int i = 0; i < 4_000 && latch.getCount() > 0; i++) {
            time.advance(EventThreads.LONG);
            boolean unused = latch.await(5, TimeUnit.MILLISECONDS);
        }
        assertThat(latch.getCount()).isZero();
    }

    @Test
    void whoBlocksHoldsUpNobody() throws Exception {
        for (int i = 0; i < 50; i++) {
            threads.execute(this::block);
        }
        CountDownLatch ran = new CountDownLatch(1);
        threads.execute(ran::countDown);
        awaitWhileTimePasses(ran);
        assertThat(threads.threads()).isLessThanOrEqualTo(50 + 2 * EventThreads.FEW);
    }

    @Test
    void manyThatDoNotBlockTakeFewThreads() throws Exception {
        CountDownLatch ran = new CountDownLatch(10_000);
        for (int i = 0; i < 10_000; i++) {
            threads.execute(ran::countDown);
        }
        assertThat(ran.await(20, SECONDS)).isTrue();
        assertThat(threads.threads()).isLessThanOrEqualTo(EventThreads.FEW);
    }

    @Test
    void ifThereIsNoThreadAtAllTheCallerIsToldAndTheTaskDoesNotRun() throws Exception {
        refusals.set(1);
        CountDownLatch first = new CountDownLatch(1);
        assertThatThrownBy(() -> threads.execute(first::countDown)).isInstanceOf(OutOfMemoryError.class);
        CountDownLatch second = new CountDownLatch(1);
        threads.execute(second::countDown);
        assertThat(second.await(20, SECONDS)).isTrue();
        assertThat(first.getCount()).isEqualTo(1);
    }

    @Test
    void thatNoMoreThreadsCanBeHadIsNoReasonNotToUseThoseThereAre() throws Exception {
        List<CountDownLatch> ran = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            CountDownLatch latch = new CountDownLatch(1);
            threads.execute(latch::countDown);
            refusals.set(1_000_000);
            ran.add(latch);
        }
        for (CountDownLatch latch : ran) {
            assertThat(latch.await(20, SECONDS)).isTrue();
        }
    }

    @Test
    void onceThreadsCanBeHadAgainWhatWaitsBehindOneThatBlocksRuns() throws Exception {
        threads.execute(this::block);
        refusals.set(3);
        CountDownLatch ran = new CountDownLatch(1);
        threads.execute(ran::countDown);
        assertThat(ran.getCount()).isEqualTo(1);
        awaitWhileTimePasses(ran);
    }
}
