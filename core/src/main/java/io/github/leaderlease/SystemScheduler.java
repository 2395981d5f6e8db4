package io.github.leaderlease;

import io.github.leaderlease.spi.Scheduler;
import java.time.Duration;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Real time, and the engine's one thread. It ends only when it is closed, whatever a task throws and however little memory
 * there is: waiting for a task and taking it allocates nothing.
 */
final class SystemScheduler implements Scheduler, AutoCloseable {

    private static final Logger LOG = Loggers.COORDINATOR;

    /** An error may have hit whoever was about to wake it. */
    private static final long LONGEST_SLEEP = Duration.ofSeconds(1).toNanos();

    private final TreeSet<Task> tasks = new TreeSet<>();
    private final Thread thread;
    private long order;
    private boolean closed;

    /** When something falls due: a comparison of differences, for the monotonic clock may overflow. */
    private record Task(long due, long order, Runnable work) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            return due == other.due ? Long.compare(order, other.order) : due - other.due < 0 ? -1 : 1;
        }
    }

    SystemScheduler(String node) {
        thread = daemon(this::run, "leader-lease-engine-" + node);
        thread.start();
    }

    /** Inherits no thread locals: whose would it be that happens to make the first thread? */
    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(null, task, name, 0, false);
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
    public Runnable schedule(Duration delay, Runnable work) {
        long due = System.nanoTime() + Math.max(0, delay.toNanos());
        Task task;
        boolean first;
        synchronized (this) {
            if (closed) {
                return () -> {};
            }
            task = new Task(due, order++, work);
            first = tasks.isEmpty() || task.compareTo(tasks.first()) < 0;
            tasks.add(task);
        }
        if (first) {
            LockSupport.unpark(thread);
        }
        return () -> cancel(task);
    }

    private synchronized void cancel(Task task) {
        tasks.remove(task);
    }

    private void run() {
        boolean over = false;
        while (!over) {
            try {
                over = over();
                Task task = over ? null : takeDue();
                if (task != null) {
                    task.work().run();
                }
            } catch (Throwable e) {
                say(e);
            }
        }
    }

    /** Where there is no memory for a task there may be none to say so either. */
    private static void say(Throwable defect) {
        try {
            BackgroundLog.say(() -> LOG.error("a defect in leader-lease; elections go on", defect));
        } catch (Throwable unsaid) {
            defect.addSuppressed(unsaid);
        }
    }

    /** Waits until something is due, or wakes without it. */
    private @Nullable Task takeDue() {
        long wait;
        synchronized (this) {
            Task first = tasks.isEmpty() ? null : tasks.first();
            wait = first == null ? Long.MAX_VALUE : first.due() - System.nanoTime();
            if (first != null && wait <= 0) {
                tasks.remove(first);
                return first;
            }
        }
        LockSupport.parkNanos(this, Math.min(wait, LONGEST_SLEEP));
        boolean unused =
                Thread.interrupted(); // nobody has anything to interrupt here, and it must not keep from waiting
        return null;
    }

    /** What was due before it was closed is still done, as long as it takes no longer than that. */
    private synchronized boolean over() {
        return closed && (tasks.isEmpty() || tasks.first().due() - System.nanoTime() > 0);
    }

    synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        LockSupport.unpark(thread);
    }
}
