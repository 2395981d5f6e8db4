package io.github.leaderlease;

import java.time.Duration;
import org.slf4j.Logger;

/**
 * What the engine has to say goes to the log; that the database is back is also passed on at once. Its methods are called by
 * the engine's thread alone.
 */
final class EngineLog implements Notices {

    private static final Logger LOG = Loggers.COORDINATOR;

    private final String node;
    private final Runnable back;

    /**
     * For one node.
     *
     * @param back called whenever the database can be used again; does not block
     */
    EngineLog(String node, Runnable back) {
        this.node = node;
        this.back = back;
    }

    @Override
    public void late(Duration by) {
        BackgroundLog.say(() -> LOG.warn(
                "node {} did not run for {}: a long pause, a suspended host or starved processors; leases may be lost",
                node,
                Timing.show(by)));
    }

    @Override
    public void presenceAway(Throwable cause) {
        BackgroundLog.say(() -> LOG.warn(
                "node {}: cannot announce what it stands for, will retry; handovers take up to half a second longer and it is"
                        + " missing from the lists of candidates, nothing else depends on it: {}",
                node,
                cause.getMessage()));
    }

    @Override
    public void presenceBack() {
        BackgroundLog.say(() -> LOG.info("node {}: what it stands for is announced again", node));
    }

    @Override
    public void databaseAway(Throwable cause) {
        BackgroundLog.say(() -> LOG.warn(
                "node {}: the database does not answer as it should, trying again; leases run out unless it does in"
                        + " time: {}",
                node,
                cause.getMessage()));
    }

    @Override
    public void databaseBack(Duration after) {
        back.run();
        BackgroundLog.say(() -> LOG.info("node {}: the database answers again, after {}", node, Timing.show(after)));
    }
}
