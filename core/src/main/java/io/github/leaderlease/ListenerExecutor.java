package io.github.leaderlease;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user's executor, held to what we need: a task is run, and not on the thread that hands it over, for that may be the
 * engine. Where it does not do so, a thread of our own takes over.
 */
final class ListenerExecutor implements Executor {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseCoordinator.class);

    private final String node;
    private final Executor executor;

    ListenerExecutor(String node, Executor executor) {
        this.node = node;
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        Thread caller = Thread.currentThread();
        AtomicBoolean handingOver = new AtomicBoolean(true);
        try {
            executor.execute(() -> {
                if (handingOver.get() && Thread.currentThread() == caller) {
                    runOnOwnThread(task, "it runs tasks on the thread that hands them over", null);
                } else {
                    task.run();
                }
            });
        } catch (RuntimeException | Error e) {
            runOnOwnThread(task, "it takes no more tasks", e);
        } finally {
            handingOver.set(false);
        }
    }

    private void runOnOwnThread(Runnable task, String why, @Nullable Throwable cause) {
        Runnable logged = () -> {
            LOG.error("node {}: the event executor cannot be used, {}; using a thread of our own", node, why, cause);
            task.run();
        };
        SystemScheduler.daemon(logged, "leader-lease-events-" + node).start();
    }
}
