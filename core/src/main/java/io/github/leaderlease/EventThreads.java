package io.github.leaderlease;

import io.github.leaderlease.spi.Scheduler;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that run user code: a few for any number of elections, none while nothing happens, and one more for each task
 * that has been at it for so long that it seems to block. So nobody waits for long behind what others do, and
 * ten thousand elections that have news at once do not make ten thousand threads.
 */
final class EventThreads implements Executor {

    /** So many run without blocking; also how many may be added per {@link #LONG}. */
    static final int FEW = 8;

    /** Who takes longer than this is not counted among the few. */
    static final Duration LONG = Duration.ofMillis(100);

    private static final Duration IDLE = Duration.ofSeconds(10);

    private final Scheduler time;
    private final ThreadPoolExecutor pool;
    private final Set<Work> all = new LinkedHashSet<>();
    private boolean watching;
    private long watchDueAt;
    private boolean closed;

    EventThreads(String node, Scheduler time, Threads threads) {
        this.time = time;
        String name = "leader-lease-events-" + node;
        this.pool = new ThreadPoolExecutor(
                FEW,
                FEW,
                IDLE.toSeconds(),
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> threads.daemon(task, name));
        pool.allowCoreThreadTimeOut(true);
    }

    /** Does not block. Throws only if there is no thread at all and none can be had; then the task does not run. */
    @Override
    public void execute(Runnable task) {
        Work work = new Work(task);
        add(work);
        try {
            pool.execute(work);
        } catch (OutOfMemoryError noThread) {
            queue(work, noThread);
        } catch (RuntimeException | Error e) {
            remove(work);
            throw e;
        }
        watch();
    }

    /** That one more thread cannot be had is no reason not to use those that are there. */
    private void queue(Work work, OutOfMemoryError noThread) {
        if (pool.getPoolSize() == 0 || !pool.getQueue().offer(work)) {
            remove(work);
            throw noThread;
        }
    }

    private synchronized void add(Work work) {
        all.add(work);
    }

    private synchronized void remove(Work work) {
        all.remove(work);
    }

    /** While something is to be done, looks after each {@link #LONG} whether all block. A watch that got lost is begun anew. */
    private void watch() {
        long now = time.nanoTime();
        synchronized (this) {
            boolean lost = watching && now - watchDueAt > LONG.multipliedBy(10).toNanos();
            if (closed || all.isEmpty() || (watching && !lost)) {
                return;
            }
            watching = true;
            watchDueAt = now + LONG.toNanos();
        }
        try {
            time.schedule(LONG, this::watched);
        } catch (RuntimeException | Error e) {
            unwatched(); // what was handed over will be done all the same
        }
    }

    private synchronized void unwatched() {
        watching = false;
    }

    private void watched() {
        unwatched();
        try {
            fit();
        } catch (OutOfMemoryError noThread) {
            // what waits goes on waiting for those that there are, and the next watch tries again
        } finally {
            watch();
        }
    }

    /** As many threads as are needed for a few of them not to block. */
    private void fit() {
        int wanted = FEW + blocked(time.nanoTime());
        if (wanted > pool.getMaximumPoolSize()) {
            pool.setMaximumPoolSize(wanted);
            pool.setCorePoolSize(wanted);
        } else if (wanted < pool.getCorePoolSize()) {
            pool.setCorePoolSize(wanted);
            pool.setMaximumPoolSize(wanted);
        } else if (!pool.getQueue().isEmpty()) {
            pool.prestartCoreThread(); // perhaps one could not be had before
        }
    }

    private synchronized int blocked(long now) {
        int blocked = 0;
        for (Work work : all) {
            blocked += work.running && now - work.startedAt >= LONG.toNanos() ? 1 : 0;
        }
        return blocked;
    }

    int threads() {
        return pool.getPoolSize();
    }

    /** What was handed over is still done. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        pool.shutdown();
    }

    /** A task, and since when it runs. */
    private final class Work implements Runnable {
        private final Runnable task;
        private volatile boolean running;
        private volatile long startedAt;

        Work(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            try {
                startedAt = time.nanoTime();
                running = true;
                task.run();
            } finally {
                running = false;
                remove(this);
            }
        }
    }
}
