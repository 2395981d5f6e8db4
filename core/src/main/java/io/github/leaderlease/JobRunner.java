package io.github.leaderlease;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Runs an election's job on a thread of its own, one term at a time. */
final class JobRunner {

    private final LeaderJob job;
    private final BiConsumer<Leadership, @Nullable Throwable> whenEnded;
    private @Nullable Thread thread;
    private long stoppedToken;

    /**
     * @param whenEnded told the term and, if the job failed, why; called on the job's thread
     */
    JobRunner(LeaderJob job, BiConsumer<Leadership, @Nullable Throwable> whenEnded) {
        this.job = job;
        this.whenEnded = whenEnded;
    }

    /** Starts the job, unless the term was over before it could begin. A thread that cannot start is a failed job. */
    void start(Leadership leadership) {
        Thread worker = SystemScheduler.daemon(() -> work(leadership), "leader-lease-job-" + leadership.election());
        synchronized (this) {
            if (!leadership.isValid() || leadership.fencingToken() <= stoppedToken) {
                return;
            }
            thread = worker;
        }
        try {
            worker.start();
        } catch (OutOfMemoryError e) {
            ended();
            whenEnded.accept(leadership, e);
        }
    }

    private synchronized void ended() {
        thread = null;
    }

    /** Asks the job of this term to stop by interrupting its thread, or never to start. Does not wait. */
    synchronized void stop(long token) {
        stoppedToken = token;
        if (thread != null) {
            thread.interrupt();
        }
    }

    synchronized boolean running() {
        return thread != null;
    }

    synchronized boolean isCurrentThread() {
        return thread == Thread.currentThread();
    }

    private void work(Leadership leadership) {
        Throwable failure = null;
        try {
            job.run(leadership);
        } catch (Throwable e) {
            failure = e;
        }
        synchronized (this) {
            thread = null;
            if (leadership.fencingToken() <= stoppedToken && failure instanceof InterruptedException) {
                failure = null;
            }
        }
        whenEnded.accept(leadership, failure);
    }
}
