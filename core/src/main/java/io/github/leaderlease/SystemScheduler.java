package io.github.leaderlease;

import io.github.leaderlease.spi.Scheduler;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Real time, and the engine's one thread. */
final class SystemScheduler implements Scheduler, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseCoordinator.class);

    private final ScheduledThreadPoolExecutor executor;

    SystemScheduler(String node) {
        executor = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "leader-lease-engine-" + node));
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public Runnable schedule(Duration delay, Runnable task) {
        try {
            Future<?> scheduled = executor.schedule(() -> guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed: a late task was dropped");
            return () -> {};
        }
    }

    /** One failed task must not take the heartbeats with it. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOG.error("a defect in leader-lease; elections go on, leases that it hit run out", e);
        }
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
