package io.github.leaderlease.benchmark.peers;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A candidate that needs a thread of its own: it waits for its turn, keeps what it got until it is told to resign, and
 * gives it back on the same thread.
 */
abstract class Turns implements Candidate {

    private final Semaphore stands = new Semaphore(0);
    private final Semaphore resigns = new Semaphore(0);
    private @Nullable Thread thread;

    /** Blocks until this process leads. */
    abstract void acquire() throws Exception;

    /** Keeps the lead for another while; false if it is lost. */
    boolean keep() throws Exception {
        return true;
    }

    /** How long a while is. */
    Duration interval() {
        return Duration.ofSeconds(1);
    }

    /** Gives the lead back. */
    abstract void release() throws Exception;

    @Override
    public final void stand(Runnable leads) {
        if (thread == null) {
            thread = new Thread(() -> run(leads), "candidate");
            thread.setDaemon(true);
            thread.start();
        }
        stands.release();
    }

    @Override
    public final void resign() {
        resigns.release();
    }

    private void run(Runnable leads) {
        try {
            stands.acquire();
            while (true) {
                acquire();
                leads.run();
                boolean kept = true;
                while (kept && !resigns.tryAcquire(interval().toMillis(), TimeUnit.MILLISECONDS)) {
                    kept = keep();
                }
                if (kept) {
                    release();
                    stands.acquire();
                }
            }
        } catch (Exception e) {
            // the thread ends, which shows in the log of the lab; the lab notices that nobody leads
            throw new IllegalStateException("no candidate any more", e);
        }
    }

    /** Tries again and again. */
    interface Attempt {
        boolean succeeds() throws Exception;
    }

    static void until(Duration pause, Attempt attempt) throws Exception {
        while (!attempt.succeeds()) {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        }
    }
}
