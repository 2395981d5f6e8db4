package io.github.leaderlease;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Runs an election's job on a thread of its own, one term at a time. */
final class JobRunner {

    private final LeaderJob job;
    private final Threads threads;
    private final Executor interrupts;
    private final Runnable whenEnded;
    private @Nullable Thread thread;
    private @Nullable HeldTerm term;
    private long stoppedToken;
    private long startedToken;
    private volatile @Nullable Ending ending;

    /**
     * A job that has ended, and why if it failed. It is kept until somebody has made something of it.
     */
    record Ending(HeldTerm term, @Nullable Throwable failure) {}

    /**
     * For one election.
     *
     * @param interrupts runs what interrupts a job: that may run code of the user's, such as closing a channel
     * @param whenEnded called on the job's thread once there is an {@link #ending()}
     */
    JobRunner(LeaderJob job, Threads threads, Executor interrupts, Runnable whenEnded) {
        this.job = job;
        this.threads = threads;
        this.interrupts = interrupts;
        this.whenEnded = whenEnded;
    }

    /** Starts the job, unless the term was over before it could begin. A thread that cannot start is a failed job. */
    void start(HeldTerm leadership) {
        try {
            Thread worker = threads.daemon(() -> work(leadership), "leader-lease-job-" + leadership.election());
            if (begins(leadership, worker)) {
                worker.start();
            }
        } catch (Throwable e) {
            ended(leadership, e);
        }
    }

    private synchronized boolean begins(HeldTerm leadership, Thread worker) {
        long token = leadership.fencingToken();
        if (token <= startedToken) {
            return false;
        }
        startedToken = token;
        if (!leadership.isValid() || token <= stoppedToken) {
            return false;
        }
        term = leadership;
        thread = worker;
        return true;
    }

    /** Whether nothing more needs to be done for the job of this term to begin. */
    synchronized boolean knows(long token) {
        return token <= startedToken;
    }

    /** Asks the job of this term to stop by interrupting its thread, or never to start. Does not wait. */
    void stop(long token) {
        Thread running;
        synchronized (this) {
            stoppedToken = token;
            running = thread;
        }
        if (running != null) {
            interrupt(running);
        }
    }

    private void interrupt(Thread running) {
        try {
            interrupts.execute(running::interrupt);
        } catch (RuntimeException | Error e) {
            running.interrupt(); // no thread can be had for it, and the job must not work on
        }
    }

    synchronized boolean running() {
        return thread != null;
    }

    /** A thread that has died without a word has ended its job all the same. */
    synchronized void checkThread() {
        Thread running = thread;
        HeldTerm of = term;
        if (running != null && of != null && running.getState() == Thread.State.TERMINATED) {
            ending = new Ending(of, new IllegalStateException("the thread of the job has died"));
            thread = null;
        }
    }

    synchronized boolean isCurrentThread() {
        return thread == Thread.currentThread();
    }

    /** The last job that has ended, unless it was dealt with. */
    @Nullable
    Ending ending() {
        return ending;
    }

    /** It was dealt with. */
    synchronized void forget(Ending known) {
        if (known.equals(ending)) {
            ending = null;
        }
    }

    private void work(HeldTerm leadership) {
        Throwable failure = null;
        try {
            job.run(leadership);
        } catch (Throwable e) {
            failure = e;
        }
        ended(leadership, failure);
    }

    private void ended(HeldTerm leadership, @Nullable Throwable failure) {
        Ending end = new Ending(leadership, failure);
        synchronized (this) {
            startedToken = Math.max(startedToken, leadership.fencingToken());
            boolean asked = leadership.fencingToken() <= stoppedToken && failure instanceof InterruptedException;
            ending = asked ? new Ending(leadership, null) : end;
            thread = null;
        }
        whenEnded.run();
    }
}
