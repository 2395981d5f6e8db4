package io.github.leaderlease;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the engine has to say goes to the log on another thread, in order: a log may block. That the database is back is
 * also passed on at once. Its methods are called by the engine's thread alone.
 */
final class Sayings implements Engine.Notices {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseCoordinator.class);

    private final String node;
    private final Runnable back;
    private CompletableFuture<Boolean> said = CompletableFuture.completedFuture(true);

    /**
     * For one node.
     *
     * @param back called whenever the database can be used again; does not block
     */
    Sayings(String node, Runnable back) {
        this.node = node;
        this.back = back;
    }

    @Override
    public void late(Duration by) {
        say(() -> LOG.warn(
                "node {} did not run for {}: a long pause, a suspended host or starved processors; leases may be lost",
                node,
                Timing.show(by)));
    }

    @Override
    public void databaseAway(Throwable cause) {
        say(() -> LOG.warn(
                "node {}: the database does not answer as it should, trying again; leases run out unless it does in"
                        + " time: {}",
                node,
                cause.getMessage()));
    }

    @Override
    public void databaseBack(Duration after) {
        back.run();
        say(() -> LOG.info("node {}: the database answers again, after {}", node, Timing.show(after)));
    }

    private void say(Runnable line) {
        Executor thread =
                task -> SystemScheduler.daemon(task, "leader-lease-log-" + node).start();
        said = said.handleAsync(
                (before, failure) -> {
                    line.run();
                    return true;
                },
                thread);
    }
}
