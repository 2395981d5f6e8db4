package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An administrator deletes what a leader stands on. */
final class TableAccidentTest {

    private static final Duration TTL = Duration.ofSeconds(3);

    /** A heartbeat, the attempt for all leases, the attempt for this one. */
    private static final Duration NOTICED =
            TTL.dividedBy(3).plus(TTL.dividedBy(5).multipliedBy(2));

    private TestDatabase database;

    private Member leader(Rounds round, DatabaseUnderTest tested) {
        drop();
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        return Member.join(database, "a", TTL).mayExpire(round, 0).leading();
    }

    @AfterEach
    void drop() {
        if (database != null) {
            database.close();
            database = null;
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MARIADB", "MYSQL_8_0_15", "H2_SERVER"})
    void aDeletedRowEndsTheTermAndTheNextOneHasALargerToken(DatabaseUnderTest tested) throws Exception {
        Rounds.play(round -> aDeletedRow(round, tested));
    }

    private void aDeletedRow(Rounds round, DatabaseUnderTest tested) throws Exception {
        try (Member a = leader(round, tested);
                Member b = Member.join(database, "b", TTL).mayExpire(round, 0)) {
            b.follow("a", SOON);
            long token = a.leads(round);
            try (Watch watch = Watch.over(a, b)) {
                Sql.run(database, "delete from leader_lease");
                long deletedAt = System.nanoTime();
                EventLog.Heard lost = a.events().awaitLine(SOON, "lost own TERM_MISSING", 1);
                round.within(NOTICED, Duration.ofNanos(lost.at() - deletedAt), "to notice it");
                assertThat(Member.awaitLeader(a, b).leads(round)).isGreaterThan(token);
                watch.assertNeverTwo();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MARIADB", "H2_SERVER"})
    void emptiedTablesEndTheTermAndTheNextOneHasALargerToken(DatabaseUnderTest tested) throws Exception {
        Rounds.play(round -> emptiedTables(round, tested));
    }

    private void emptiedTables(Rounds round, DatabaseUnderTest tested) throws Exception {
        try (Member a = leader(round, tested)) {
            long token = a.leads(round);
            Sql.run(database, "truncate table leader_lease", "truncate table leader_term");
            long emptiedAt = System.nanoTime();
            EventLog.Heard lost = a.events().awaitLine(SOON, "lost own TERM_MISSING", 1);
            round.within(NOTICED, Duration.ofNanos(lost.at() - emptiedAt), "to notice it");
            assertThat(a.lead(SOON).fencingToken()).isGreaterThan(token);
            a.events().awaitStory(SOON, "acquired", "lost own TERM_MISSING", "acquired");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MARIADB", "H2_SERVER"})
    void droppedAndRecreatedTablesNeedNoRestart(DatabaseUnderTest tested) throws Exception {
        Rounds.play(round -> droppedTables(round, tested));
    }

    private void droppedTables(Rounds round, DatabaseUnderTest tested) throws Exception {
        try (Member a = leader(round, tested)) {
            long token = a.leads(round);
            Sql.run(
                    database,
                    "drop view leader_candidates",
                    "drop view leader_status",
                    "drop table leader_candidate",
                    "drop table leader_node",
                    "drop table leader_lease",
                    "drop table leader_term",
                    "drop table leader_installation",
                    tested == DatabaseUnderTest.H2_SERVER
                            ? "drop table \"leader_lease_history\""
                            : "drop table leader_lease_history");
            assertThat(LeaseMigrations.migrate(database.dataSource())).isNotEmpty();
            a.events().awaitLine(SOON, "acquired", 2);
            assertThat(a.leads(round)).isGreaterThan(token);
            assertThat(a.events().ownLosses()).isEqualTo(1);
        }
    }
}
