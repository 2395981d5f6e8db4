package io.github.leaderlease;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Writes the log for threads that must not wait, in order, on a thread of its own: an appender may block. That thread ends
 * when nothing is left to write. What waits is bounded; the rest is dropped and counted.
 *
 * <p>Any thread may call it. It never blocks and never throws.
 */
final class BackgroundLog {

    static final int MOST_WAITING = 1_000;

    private static final Logger LOG = Loggers.COORDINATOR;

    /** For all coordinators of this JVM: while nothing is written it costs nothing. */
    private static final BackgroundLog SHARED = new BackgroundLog(SystemScheduler::daemon);

    private final Threads threads;
    private final Queue<Runnable> lines = new ArrayDeque<>(MOST_WAITING);
    private int dropped;
    private boolean writing;

    BackgroundLog(Threads threads) {
        this.threads = threads;
    }

    /**
     * Writes a line soon.
     *
     * @param line calls the logger; what it throws is dropped
     */
    static void say(Runnable line) {
        SHARED.add(line);
    }

    void add(Runnable line) {
        try {
            if (!startsWriting(line)) {
                return;
            }
        } catch (RuntimeException | Error e) {
            return; // no room for one more line is no reason to stop what it is about
        }
        try {
            threads.daemon(this::write, "leader-lease-log").start();
        } catch (RuntimeException | Error e) {
            stopWriting(); // no thread can be had now; the next line tries again
        }
    }

    private synchronized boolean startsWriting(Runnable line) {
        if (lines.size() >= MOST_WAITING) {
            dropped++;
        } else {
            lines.add(line);
        }
        boolean start = !writing;
        writing = true;
        return start;
    }

    private synchronized void stopWriting() {
        writing = false;
    }

    private void write() {
        try {
            for (Runnable line = next(); line != null; line = next()) {
                write(line);
            }
        } finally {
            stopWriting();
        }
    }

    private static void write(Runnable line) {
        try {
            line.run();
        } catch (Throwable e) {
            // a log that fails has nobody whom it could be told
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable line = lines.poll();
        if (line == null && dropped > 0) {
            int lost = dropped;
            dropped = 0;
            return () -> LOG.warn("{} lines were not logged: the log was too slow", lost);
        }
        return line;
    }
}
