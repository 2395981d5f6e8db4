package io.github.leaderlease.integration;

import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaderElectionBuilder;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.LeaseCoordinatorBuilder;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
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
    static final Duration SOON = Duration.ofSeconds(60);

    /**
     * Outlasts what holds up a busy machine: for tests in which no lease runs out. On MySQL and MariaDB whoever has just
     * connected waits this long for a lease that was given back.
     */
    static final Duration STEADY = Duration.ofSeconds(20);

    private static final Duration BRISK = Duration.ofSeconds(4);

    /** So that nobody waits long for renewals. */
    private static final Duration OFTEN = Duration.ofMillis(500);

    /** A node with a steady lease that reaches the database directly. */
    static Member join(TestDatabase database, String node) {
        return join(steady(database, database.url(), node).build(), election -> election);
    }

    /** A node that reaches the database directly. */
    static Member join(TestDatabase database, String node, Duration ttl) {
        return join(database, database.url(), node, ttl);
    }

    static Member join(TestDatabase database, String url, String node, Duration ttl) {
        return join(coordinator(database, url, node, ttl).build(), election -> election);
    }

    static LeaseCoordinatorBuilder steady(TestDatabase database, String url, String node) {
        return coordinator(database, url, node, STEADY, OFTEN);
    }

    /** Where whoever has just connected waits a TTL for a lease that was given back, a short one, for rounds. */
    static Member brisk(TestDatabase database, String node, Rounds round) {
        Duration ttl = waits(database) ? BRISK : STEADY;
        LeaseCoordinator coordinator =
                coordinator(database, database.url(), node, ttl, OFTEN).build();
        return join(coordinator, election -> election).mayExpire(round, 0);
    }

    /** Waits until those that follow have watched the leader of brisk ones for so long that they need not wait any more. */
    static void settle(TestDatabase database) throws SQLException {
        if (waits(database)) {
            Sql.awaitRenewals(database, (int) (1.1 * BRISK.dividedBy(OFTEN)) + 2);
        }
    }

    private static boolean waits(TestDatabase database) {
        return database.engine() == Engine.MYSQL || database.engine() == Engine.MARIADB;
    }

    static Member join(LeaseCoordinator coordinator, UnaryOperator<LeaderElectionBuilder> more) {
        EventLog events = new EventLog();
        LeaderElection election =
                more.apply(coordinator.election(ELECTION).listener(events)).start();
        return new Member(coordinator, election, events);
    }

    static LeaseCoordinatorBuilder coordinator(TestDatabase database, String url, String node, Duration ttl) {
        return coordinator(database, url, node, ttl, ttl.dividedBy(3));
    }

    static LeaseCoordinatorBuilder coordinator(
            TestDatabase database, String url, String node, Duration ttl, Duration heartbeat) {
        return LeaseCoordinator.builder(url, database.user(), database.password())
                .nodeName(node)
                .ttl(ttl)
                .heartbeat(heartbeat)
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

    /** On a busy machine its lease may run out more often than what is done to it explains; that is no failure. */
    Member mayExpire(Rounds round, int explained) {
        round.excuse(
                coordinator.nodeName() + " lost its lease by itself",
                () -> events.lines("lost own EXPIRED").size() > explained);
        return this;
    }

    /**
     * Waits until it knows of a renewal, or leads a later term: a renewal that is in the table may have been held up for so
     * long that it counts as failed.
     */
    void awaitRenewed() {
        Optional<Leadership> before = election.leadership();
        long token = before.map(Leadership::fencingToken).orElse(0L);
        Duration left = before.map(Leadership::remaining).orElse(Duration.ZERO);
        await().alias("renews or leads again; heard " + events)
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> election.leadership()
                        .filter(now ->
                                now.fencingToken() > token || now.remaining().compareTo(left) > 0)
                        .isPresent());
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

    /** The token of its present term; if a busy machine has ended that already, the round is over. */
    long leads(Rounds round) {
        Optional<Leadership> term = election.leadership();
        round.require(term.isPresent(), coordinator.nodeName() + " leads no more");
        return term.orElseThrow().fencingToken();
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
