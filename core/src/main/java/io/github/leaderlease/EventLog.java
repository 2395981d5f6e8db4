package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStoreException.Failure;
import org.slf4j.Logger;

/** What of an election's events goes to the log. Called on the event executor only: an appender may block. */
final class EventLog {

    private static final Logger LOG = Loggers.ELECTION;

    private EventLog() {}

    static void log(String name, LeaderEvent event) {
        if (name.equals(Names.NOBODY)) {
            return; // a rehearsal
        }
        if (event instanceof LeaderEvent.LeadershipAcquired acquired) {
            Leadership term = acquired.leadership();
            LOG.info("election {}: {} leads now, token {}", name, term.node(), term.fencingToken());
        } else if (event instanceof LeaderEvent.LeaderChanged changed) {
            Leader leader = changed.leader();
            LOG.info("election {}: following {}, token {}", name, leader.node(), leader.fencingToken());
        } else if (event instanceof LeaderEvent.LeadershipLost lost) {
            Leader term = lost.term();
            LOG.info(
                    "election {}: {} lost leadership, token {}: {}",
                    name,
                    term.node(),
                    term.fencingToken(),
                    lost.reason());
        } else if (isPartOfAnOutage(event)) {
            LOG.debug("election {}: {}", name, event);
        } else if (event instanceof LeaderEvent.LeadershipAtRisk risk) {
            String left = Timing.show(risk.remaining());
            LOG.warn("election {}: heartbeat failed, trying again for {}: {}", name, left, message(risk.cause()));
        } else if (event instanceof LeaderEvent.TakeoverBlocked blocked) {
            LOG.warn("election {}: cannot take over yet, trying on: {}", name, message(blocked.cause()));
        } else if (event instanceof LeaderEvent.CallFailed failed) {
            LOG.warn("election {}: cannot {}, trying again: {}", name, failed.operation(), message(failed.cause()));
        }
    }

    /** Said once for all elections, by the engine. */
    private static boolean isPartOfAnOutage(LeaderEvent event) {
        return (event instanceof LeaderEvent.LeadershipAtRisk risk
                        && Failure.of(risk.cause()).concernsAllElections())
                || (event instanceof LeaderEvent.CallFailed failed
                        && Failure.of(failed.cause()).concernsAllElections());
    }

    private static String message(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
