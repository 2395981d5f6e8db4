package io.github.leaderlease.integration;

import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * One node of a test: a coordinator with connections of its own, standing for one election, and what it heard.
 *
 * @param coordinator closed with the member
 */
record Member(LeaseCoordinator coordinator, LeaderElection election, EventLog events) implements AutoCloseable {

    static final String ELECTION = "job";

    /** The build runs the tests of faults once more without. */
    static final boolean NOTIFICATIONS = !"off".equals(System.getProperty("leaderlease.notifications"));

    /** Long enough for anything that needs no TTL to run out. */
    static final Duration SOON = Duration.ofSeconds(15);

    /** A node that reaches the database directly. */
    static Member join(TestDatabase database, String node, Duration ttl) {
        return join(database, database.url(), node, ttl);
    }

    static Member join(TestDatabase database, String url, String node, Duration ttl) {
        return join(coordinator(database, url, node, ttl).build(), election -> election);
    }

    static Member join(LeaseCoordinator coordinator, UnaryOperator<LeaderElection.Builder> more) {
        EventLog events = new EventLog();
        LeaderElection election =
                more.apply(coordinator.election(ELECTION).listener(events)).start();
        return new Member(coordinator, election, events);
    }

    static LeaseCoordinator.Builder coordinator(TestDatabase database, String url, String node, Duration ttl) {
        return LeaseCoordinator.builder(url, database.user(), database.password())
                .nodeName(node)
                .ttl(ttl)
                .heartbeat(ttl.dividedBy(3))
                .notifications(NOTIFICATIONS)
                .closeOnShutdown(false);
    }

    /** Waits until it leads. */
    Leadership lead(Duration bound) {
        await().alias("leads; heard " + events)
                .atMost(bound)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(election::isLeader);
        return election.leadership().orElseThrow();
    }

    /** Waits until it leads; for nobody else stands yet. */
    Member leading() {
        Leadership unused = lead(SOON);
        return this;
    }

    /** Waits until it knows of a renewal: one that is in the table may have been held up for so long that it counts as failed. */
    void awaitRenewed() {
        Duration left = election.leadership().orElseThrow().remaining();
        await().alias("renews; heard " + events)
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> election.leadership().orElseThrow().remaining().compareTo(left) > 0);
    }

    /** Waits until it follows somebody. */
    void follow(String node, Duration bound) {
        await().alias("follows " + node + "; heard " + events)
                .atMost(bound)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> election.leader()
                        .filter(leader -> leader.node().equals(node))
                        .isPresent());
    }

    /** Waits until one of two leads. */
    static Member awaitLeader(Member one, Member other) {
        await().atMost(SOON)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> one.election.isLeader() || other.election.isLeader());
        return one.election.isLeader() ? one : other;
    }

    /** The token of its present term. */
    long token() {
        return election.leadership().orElseThrow().fencingToken();
    }

    /** Closes its coordinator; within the try that would close it anyway, the compiler wants another name for that. */
    void leave() {
        coordinator.close();
    }

    @Override
    public void close() {
        leave();
    }
}
