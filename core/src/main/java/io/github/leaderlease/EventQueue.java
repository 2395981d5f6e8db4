package io.github.leaderlease;

import io.github.leaderlease.spi.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Hands one election's events to its listeners: in order, one at a time, on the event executor. Whoever enqueues never
 * waits and is never told of a failure: what could not be handed over is handed over at the next {@link #check}.
 */
final class EventQueue {

    /** Who is at one event for this long is named in the log. */
    static final Duration LONG = Duration.ofSeconds(10);

    private static final Logger LOG = Loggers.ELECTION;

    /** A task that was accepted but does not begin is handed over once more, after twice as long each time. */
    private static final Duration FIRST_PATIENCE = Duration.ofSeconds(1);

    private final String name;
    private final Scheduler time;
    private final Executor executor;
    private final Runnable whenEmpty;
    private final Listeners listeners;
    private final Queue<Task> tasks = new ConcurrentLinkedQueue<>();

    /** What was handed to the executor and has not ended; null if nothing. */
    private volatile @Nullable Drain current;

    private volatile @Nullable Thread worker;

    /** Whether it is at a task, and since when. */
    private volatile boolean busy;

    private volatile long busySince;

    private volatile boolean warned;

    EventQueue(String name, Scheduler time, Executor executor, List<LeaderListener> listeners, Runnable whenEmpty) {
        this.name = name;
        this.time = time;
        this.executor = executor;
        this.listeners = new Listeners(name, listeners);
        this.whenEmpty = whenEmpty;
    }

    /** Something to do in its turn. It is enqueued and done once, however often that is tried. */
    static final class Task {
        private final Runnable body;
        private boolean enqueued;
        private boolean done;
        private boolean failed;

        Task(Runnable body) {
            this.body = body;
        }
    }

    /** Tells all listeners of an event. */
    Task telling(LeaderEvent event) {
        return new Task(listeners.telling(event));
    }

    void run(Runnable body) {
        add(new Task(body));
    }

    /** The newcomer hears the present state first, then all that follows. */
    void addListener(LeaderListener listener, List<LeaderEvent> present) {
        run(listeners.joining(listener, present));
    }

    void add(Task task) {
        synchronized (this) {
            if (!task.enqueued) {
                tasks.add(task);
                task.enqueued = true;
            }
        }
        start(FIRST_PATIENCE, time.nanoTime());
    }

    private void start(Duration patience, long waitingSince) {
        if (current != null || tasks.isEmpty()) {
            return;
        }
        Drain drain = new Drain(patience, waitingSince);
        synchronized (this) {
            if (current != null || tasks.isEmpty()) {
                return;
            }
            current = drain;
        }
        try {
            executor.execute(drain);
        } catch (RuntimeException | Error e) {
            refused(drain, e);
        }
    }

    /** Perhaps no thread can be had now. */
    private void refused(Drain drain, Throwable cause) {
        synchronized (this) {
            if (current == drain && !drain.begun) {
                current = null;
            }
        }
        warnOnce(() -> LOG.warn("election {}: its events cannot be delivered now, trying again", name, cause));
    }

    /** The engine looks in now and then: whatever went wrong, what waits is told at last. */
    void check(long now) {
        Drain drain = current;
        if (drain == null) {
            start(FIRST_PATIENCE, now);
        } else if (!drain.begun) {
            checkNotBegun(drain, now);
        } else if (busy && now - busySince >= LONG.toNanos()) {
            String who = listeners.atWork();
            warnOnce(() -> LOG.warn(
                    "election {}: {} has not returned for {}; no event of this election is delivered until then, and"
                            + " resign() and close() wait for it",
                    name,
                    who,
                    Timing.show(LONG)));
        }
    }

    private void checkNotBegun(Drain drain, long now) {
        if (now - drain.waitingSince >= LONG.toNanos()) {
            warnOnce(() -> LOG.warn(
                    "election {}: the event executor has not begun to deliver its events for {}; resign() and close() wait"
                            + " for it",
                    name,
                    Timing.show(LONG)));
        }
        if (now - drain.handedOverAt >= drain.patience.toNanos()) {
            synchronized (this) {
                if (current != drain || drain.begun) {
                    return;
                }
                current = null;
            }
            start(drain.patience.multipliedBy(2), drain.waitingSince);
        }
    }

    private void warnOnce(Runnable line) {
        if (!warned) {
            warned = true;
            BackgroundLog.say(line);
        }
    }

    boolean empty() {
        return current == null && tasks.isEmpty();
    }

    /** Whether the caller is a listener of this election, which must not wait for itself. */
    boolean isCurrentThread() {
        return worker == Thread.currentThread();
    }

    /** Performs what waits, unless another one was handed over in its place. */
    private final class Drain implements Runnable {
        private final Duration patience;
        private final long waitingSince;
        private final long handedOverAt;
        private volatile boolean begun;

        Drain(Duration patience, long waitingSince) {
            this.patience = patience;
            this.waitingSince = waitingSince;
            this.handedOverAt = time.nanoTime();
        }

        @Override
        public void run() {
            synchronized (EventQueue.this) {
                if (current != this) {
                    return;
                }
                begun = true;
            }
            try {
                worker = Thread.currentThread();
                for (Task task = next(); task != null; task = next()) {
                    perform(task);
                }
            } finally {
                end();
            }
            rest();
        }

        private void rest() {
            try {
                whenEmpty.run();
            } catch (RuntimeException | Error e) {
                LOG.debug("election {}: the engine was not told of the end of its events and will see", name, e);
            }
        }

        /** Null at the end, and from then on whoever enqueues hands over another one. */
        private @Nullable Task next() {
            synchronized (EventQueue.this) {
                Task first = tasks.peek();
                while (first != null && first.done) {
                    tasks.poll();
                    first = tasks.peek();
                }
                if (first == null) {
                    end();
                }
                return first;
            }
        }

        private void end() {
            synchronized (EventQueue.this) {
                if (current == this) {
                    worker = null;
                    current = null;
                }
            }
        }
    }

    /** Whatever a task does, those after it are done; one that was cut short goes on where it was, once. */
    private void perform(Task task) {
        try {
            busySince = time.nanoTime();
            busy = true;
            task.body.run();
            task.done = true;
        } catch (Throwable e) {
            task.done = task.failed;
            task.failed = true;
            LOG.error("election {}: a defect in leader-lease; an event may not have been delivered", name, e);
        } finally {
            busy = false;
            listeners.nobodyAtWork();
            if (warned) {
                warned = false;
                LOG.info("election {}: its events are delivered again", name);
            }
        }
    }
}
