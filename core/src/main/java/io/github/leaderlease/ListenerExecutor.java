package io.github.leaderlease;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;

/**
 * The user's executor, reached from a thread of our own: to hand it a task may block, or run the task on the spot. What it
 * refuses is run by that thread of ours.
 */
final class ListenerExecutor implements Executor {

    private static final Logger LOG = Loggers.COORDINATOR;

    private final String node;
    private final Executor executor;
    private final Executor ours;
    private final AtomicBoolean refuses = new AtomicBoolean();

    ListenerExecutor(String node, Executor executor, Executor ours) {
        this.node = node;
        this.executor = executor;
        this.ours = ours;
    }

    @Override
    public void execute(Runnable task) {
        ours.execute(() -> handOver(task));
    }

    private void handOver(Runnable task) {
        AtomicBoolean begun = new AtomicBoolean();
        Runnable once = () -> {
            if (begun.compareAndSet(false, true)) {
                task.run();
            }
        };
        try {
            executor.execute(once);
            refuses.set(false);
        } catch (Throwable e) {
            if (!refuses.getAndSet(true)) {
                LOG.error("node {}: the event executor takes no more tasks; using threads of our own", node, e);
            }
            once.run();
        }
    }
}
