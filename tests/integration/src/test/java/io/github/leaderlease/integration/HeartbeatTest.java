package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaderEvent;
import io.github.leaderlease.LeaderEvent.LeadershipLost;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.LossReason;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** All leases of a process are renewed together, whenever their terms began, and a stuck one holds nobody up. */
final class HeartbeatTest {

    private static final int ELECTIONS = 20;
    private static final Duration TTL = Duration.ofSeconds(6);
    private static final Duration HEARTBEAT = TTL.dividedBy(3);
    private static final int CYCLES = 3;

    /** Of any lease that was not stuck; a renewal that fails once would already take longer. */
    private static final Duration MOST_BETWEEN = HEARTBEAT.multipliedBy(3).dividedBy(2);

    private TestDatabase database;
    private LeaseCoordinator coordinator;

    /** Anew in each round: a busy machine renews late, and may lose a lease. */
    private void begin() throws Exception {
        end();
        database = DatabaseUnderTest.POSTGRESQL.fresh();
        LeaseMigrations.migrate(database.dataSource());
        Sql.run(
                database,
                "create table beat (election text, at timestamptz, transaction xid8)",
                "create function write_down() returns trigger language plpgsql as $$ begin"
                        + " insert into beat values (new.election_name, clock_timestamp(), pg_current_xact_id());"
                        + " return null; end $$",
                "create trigger beats after update on leader_lease for each row"
                        + " when (new.renewal > old.renewal and new.holder_id is not null)"
                        + " execute function write_down()");
        coordinator =
                Member.coordinator(database, database.url(), "beating", TTL).build();
    }

    @AfterEach
    void end() {
        if (coordinator != null) {
            coordinator.close();
            coordinator = null;
        }
        if (database != null) {
            database.close();
            database = null;
        }
    }

    @Test
    void electionsThatJoinedAtAnyTimeAreRenewedTogetherAndShiftNobodysDeadline() throws Exception {
        Rounds.play(this::joinAtAnyTime);
    }

    private void joinAtAnyTime(Rounds round) throws Exception {
        begin();
        EventLog events = new EventLog();
        round.excuse(
                "a lease ran out", () -> !events.matching(HeartbeatTest::ranOut).isEmpty());
        List<LeaderElection> elections = new ArrayList<>();
        for (int i = 0; i < ELECTIONS; i++) {
            int next = i + 1;
            long joinedAt = System.nanoTime();
            elections.addAll(Candidacies.stand(coordinator, i, next, events));
            Candidacies.awaitAllLed(elections, SOON);
            long apart = HEARTBEAT.dividedBy(ELECTIONS).toNanos();
            await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> System.nanoTime() - joinedAt >= apart);
        }
        Sql.awaitAllRenewed(database, SOON);
        Sql.awaitAllRenewed(database, SOON);
        String transactions = "select count(distinct transaction) from beat";
        String least = "select min(renewal) from leader_lease";
        long before = Long.parseLong(Sql.one(database, transactions));
        long from = Long.parseLong(Sql.one(database, least));
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> Long.parseLong(Sql.one(database, least)) >= from + CYCLES);
        double statements = (double) (Long.parseLong(Sql.one(database, transactions)) - before) / CYCLES;
        System.out.printf(
                "[heartbeat] %d elections that joined one by one: %.1f renewing statements a heartbeat, at most %s"
                        + " between two renewals of one%n",
                ELECTIONS, statements, longestPause("true"));
        round.within(MOST_BETWEEN, longestPause("true"), "the longest time between two renewals");
        assertThat(Candidacies.led(elections)).isEqualTo(ELECTIONS);
        assertThat(statements).as("renewing statements a heartbeat").isBetween(1.0, 5.0);
    }

    @Test
    void aStuckRowDelaysNobodyAndIsNotTakenForLost() throws Exception {
        Rounds.play(this::stick);
    }

    private void stick(Rounds round) throws Exception {
        begin();
        EventLog events = new EventLog();
        round.excuse(
                "a lease ran out", () -> !events.matching(HeartbeatTest::ranOut).isEmpty());
        List<LeaderElection> elections = Candidacies.stand(coordinator, 0, ELECTIONS, events);
        Candidacies.awaitAllLed(elections, SOON);
        Sql.awaitAllRenewed(database, SOON);
        long token = elections.get(7).leadership().orElseThrow().fencingToken();
        String others = "select min(renewal) from leader_lease where election_name <> 'job-7'";
        String stuck = "select renewal from leader_lease where election_name = 'job-7'";
        try (Connection holder = database.connection()) {
            holder.setAutoCommit(false);
            Sql.run(holder, "select * from leader_lease where election_name = 'job-7' for update");
            String stuckAt = Sql.one(database, stuck);
            long from = Long.parseLong(Sql.one(database, others));
            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> Long.parseLong(Sql.one(database, others)) >= from + 2);
            assertThat(Sql.one(database, stuck)).as("it was stuck").isEqualTo(stuckAt);
            holder.rollback();
        }
        Sql.awaitAllRenewed(database, SOON);
        System.out.printf(
                "[heartbeat] one row stuck for two heartbeats: at most %s between two renewals of the others%n",
                longestPause("election <> 'job-7'"));
        round.within(MOST_BETWEEN, longestPause("election <> 'job-7'"), "the longest time between two renewals");
        assertThat(longestPause("election = 'job-7'")).as("it was stuck").isGreaterThan(HEARTBEAT);
        assertThat(events.matching(LeadershipLost.class::isInstance)).isEmpty();
        assertThat(elections.get(7).leadership().orElseThrow().fencingToken()).isEqualTo(token);
    }

    private static boolean ranOut(LeaderEvent event) {
        return event instanceof LeadershipLost lost && lost.reason() == LossReason.EXPIRED;
    }

    private Duration longestPause(String which) throws SQLException {
        return Duration.ofMillis(Long.parseLong(Sql.one(
                database,
                "select cast(1000 * extract(epoch from max(pause)) as bigint) from (select at - lag(at)"
                        + " over (partition by election order by at) as pause from beat where " + which + ") beats")));
    }
}
