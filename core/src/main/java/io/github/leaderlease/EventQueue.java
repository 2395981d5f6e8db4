package io.github.leaderlease;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands one election's events to its listeners: in order, one at a time, on the event executor. Whoever enqueues never
 * waits. Logging happens here too, for an appender may block.
 */
final class EventQueue {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);

    private final String name;
    private final Executor executor;
    private final Runnable whenEmpty;
    private final List<LeaderListener> listeners;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;
    private volatile @Nullable Thread worker;

    EventQueue(String name, Executor executor, List<LeaderListener> listeners, Runnable whenEmpty) {
        this.name = name;
        this.executor = executor;
        this.listeners = new CopyOnWriteArrayList<>(listeners);
        this.whenEmpty = whenEmpty;
    }

    void deliver(LeaderEvent event) {
        run(() -> {
            log(event);
            listeners.forEach(listener -> tell(listener, event));
        });
    }

    /** The newcomer hears the present state first, then all that follows. */
    void join(LeaderListener listener, List<LeaderEvent> present) {
        run(() -> {
            present.forEach(event -> tell(listener, event));
            listeners.add(listener);
        });
    }

    void run(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        executor.execute(this::drain);
    }

    boolean empty() {
        synchronized (tasks) {
            return !running;
        }
    }

    /** Whether the caller is a listener of this election, which must not wait for itself. */
    boolean isCurrentThread() {
        return worker == Thread.currentThread();
    }

    private void drain() {
        worker = Thread.currentThread();
        for (Runnable task = next(); task != null; task = next()) {
            runGuarded(task);
        }
        whenEmpty.run();
    }

    /** Whatever one task does, the events after it are told. */
    private void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOG.error("election {}: a defect in leader-lease; an event may not have been told", name, e);
        }
    }

    private @Nullable Runnable next() {
        synchronized (tasks) {
            Runnable task = tasks.poll();
            if (task == null) {
                worker = null;
                running = false;
            }
            return task;
        }
    }

    private void tell(LeaderListener listener, LeaderEvent event) {
        try {
            listener.onEvent(event);
        } catch (Throwable e) {
            LOG.error("election {}: listener {} failed on {}", name, listener, event, e);
        }
    }

    private void log(LeaderEvent event) {
        if (event instanceof LeaderEvent.LeadershipAcquired acquired) {
            Leadership term = acquired.leadership();
            LOG.info("election {}: {} leads now, token {}", name, term.node(), term.fencingToken());
        } else if (event instanceof LeaderEvent.LeaderChanged changed) {
            Leader leader = changed.leader();
            LOG.info("election {}: following {}, token {}", name, leader.node(), leader.token());
        } else if (event instanceof LeaderEvent.LeadershipLost lost) {
            Leader term = lost.term();
            LOG.info("election {}: {} leads no more, token {}: {}", name, term.node(), term.token(), lost.reason());
        } else if (isPartOfAnOutage(event)) {
            LOG.debug("election {}: {}", name, event);
        } else if (event instanceof LeaderEvent.LeadershipAtRisk risk) {
            String left = Timing.show(risk.remaining());
            LOG.warn("election {}: heartbeat failed, trying again for {}: {}", name, left, message(risk.cause()));
        } else if (event instanceof LeaderEvent.TakeOverBlocked blocked) {
            LOG.warn(
                    "election {}: cannot take over yet, a transaction that is fenced with the old term seems to be open: {}",
                    name,
                    blocked.blockedBy());
        } else if (event instanceof LeaderEvent.CallFailed failed) {
            LOG.warn("election {}: cannot {}, trying again: {}", name, failed.operation(), message(failed.cause()));
        }
    }

    /** Said once for all elections, by the engine. */
    private static boolean isPartOfAnOutage(LeaderEvent event) {
        return (event instanceof LeaderEvent.LeadershipAtRisk risk && Outage.isPartOfOne(risk.cause()))
                || (event instanceof LeaderEvent.CallFailed failed && Outage.isPartOfOne(failed.cause()));
    }

    private static String message(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
