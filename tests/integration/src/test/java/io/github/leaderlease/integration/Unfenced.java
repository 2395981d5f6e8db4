package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The control of a takeover in spite of fences: a node of its own that takes over, at the same time and from the same
 * dead process, as many terms that nobody fences with. What it is late is the machine's doing.
 */
final class Unfenced implements AutoCloseable {

    private final LeaseCoordinator node;
    private final Duration ttl;
    private final List<EventLog> heard = new ArrayList<>();

    /** Comes back when it follows all of them. */
    Unfenced(TestDatabase database, AbandonedTerms dead, int elections, Duration ttl) {
        this.ttl = ttl;
        this.node = Member.coordinator(database, database.url(), "control", ttl).build();
        for (int i = 0; i < elections; i++) {
            String election = dead.begin(database.name() + "/control-" + i).election();
            EventLog events = new EventLog();
            heard.add(events);
            LeaderElection unused = node.election(election).listener(events).start();
        }
        heard.forEach(events -> events.awaitLine(SOON, "following " + AbandonedTerms.NODE, 1));
    }

    /** What the slowest of its takeovers was late, beyond the wait for expiry, a poll and the jitter. */
    Duration late(long diedAt) {
        long slowest = 0;
        for (EventLog events : heard) {
            slowest = Math.max(slowest, events.awaitLine(SOON, "acquired", 1).at() - diedAt);
        }
        Duration due =
                ttl.multipliedBy(102).dividedBy(100).plus(ttl.dividedBy(6)).plus(ttl.dividedBy(20));
        Duration late = Duration.ofNanos(slowest).minus(due);
        return late.isNegative() ? Duration.ZERO : late;
    }

    @Override
    public void close() {
        node.close();
    }
}
