package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.ELECTION;
import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderEvent.TakeoverBlocked;
import io.github.leaderlease.WorkerFence;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testdatabases.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two-phase commit: between PREPARE and its second phase a transaction belongs to nobody, and the fence still holds. */
final class FencePreparedTest {

    private static final Duration TTL = Duration.ofSeconds(2);

    /** For an attempt that is to be held up. */
    private static final Duration PATIENCE = Duration.ofMillis(200);

    private TestDatabase database;
    private AbandonedTerms terms;
    private TermKey term;

    private void begin(DatabaseUnderTest tested) throws SQLException {
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        AbandonedTerms.createWork(database);
        terms = AbandonedTerms.on(database, TTL);
        term = terms.begin(ELECTION);
    }

    @AfterEach
    void tidyUp() {
        if (terms != null) {
            terms.close();
        }
        if (database != null) {
            database.close();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "POSTGRESQL_OLDEST"})
    void thePreparedTransactionIsNamedUntilItIsCommitted(DatabaseUnderTest tested) throws Exception {
        begin(tested);
        String gid = "transfer of " + database.name();
        try (Connection worker = terms.stuckWorker(term)) {
            Sql.run(worker, "prepare transaction '" + gid + "'");
        }
        try (Member b = Member.join(database, "b", TTL)) {
            await().atMost(SOON).until(() -> !blocked(b).isEmpty());
            assertThat(((TakeoverBlocked) blocked(b).get(0).event()).blockedBy())
                    .contains("prepared transaction " + gid);
            assertThat(b.events().acquisitions()).isZero();
            Sql.run(database, "commit prepared '" + gid + "'");
            b.lead(SOON);
            assertThat(blocked(b)).hasSize(1);
            assertThat(work()).hasSize(1);
        }
    }

    /** The locks of a prepared transaction are written down with it. */
    @Test
    void itStaysInTheWayWhenPostgresqlCrashes() throws Exception {
        try (TestServer server = DatabaseUnderTest.POSTGRESQL.startPrivate();
                TestDatabase own = server.fresh()) {
            prepareTransfer(own);
            server.crash();
            server.start();
            try (AbandonedTerms successor = AbandonedTerms.on(own, TTL)) {
                LeaseStoreException held =
                        catchThrowableOfType(LeaseStoreException.class, () -> successor.begin(ELECTION, PATIENCE));
                assertThat(held.blockedBy().orElseThrow()).contains("prepared transaction transfer");
                Sql.run(own, "commit prepared 'transfer'");
                assertThat(successor.begin(ELECTION, SOON)).isPresent();
                assertThat(Sql.list(own, "select token from work")).hasSize(1);
            }
        }
    }

    private static void prepareTransfer(TestDatabase own) throws SQLException {
        LeaseMigrations.migrate(own.dataSource());
        AbandonedTerms.createWork(own);
        try (AbandonedTerms dead = AbandonedTerms.on(own, TTL);
                Connection worker = dead.stuckWorker(dead.begin(ELECTION))) {
            Sql.run(worker, "prepare transaction 'transfer'");
        }
    }

    private static List<EventLog.Heard> blocked(Member member) {
        return member.events().matching(TakeoverBlocked.class::isInstance);
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"MYSQL", "MYSQL_8_0_15", "MARIADB"})
    void anXaBranchHoldsTheTakeoverUpUntilItIsCommitted(DatabaseUnderTest tested) throws Exception {
        begin(tested);
        String xid = "'" + database.name() + "'";
        try (Connection worker = database.connection()) {
            worker.setAutoCommit(false);
            Sql.run(worker, "xa start " + xid);
            AbandonedTerms.work(worker, term);
            WorkerFence.create().fence(worker, term.election(), term.token(), term.holderId());
            Sql.run(worker, "xa end " + xid, "xa prepare " + xid);
            LeaseStoreException held =
                    catchThrowableOfType(LeaseStoreException.class, () -> terms.begin(ELECTION, PATIENCE));
            assertThat(held).as("the takeover of a prepared term").isNotNull();
            assertThat(held.failure()).isEqualTo(Failure.BLOCKED);
            Sql.run(worker, "xa commit " + xid);
            assertThat(terms.begin(ELECTION, SOON)).isPresent();
            assertThat(work()).hasSize(1);
        }
    }

    /** Why the fence updates the row inside an XA branch. */
    @ParameterizedTest
    @EnumSource(value = DatabaseUnderTest.class, names = "MARIADB")
    void controlThatMariadbDropsSharedLocksAtPrepare(DatabaseUnderTest tested) throws Exception {
        begin(tested);
        String xid = "'" + database.name() + "'";
        try (Connection worker = database.connection()) {
            worker.setAutoCommit(false);
            Sql.run(worker, "xa start " + xid);
            AbandonedTerms.work(worker, term);
            String fence = "select token from leader_term where election_name = 'job' and ended_at is null and token = "
                    + term.token() + " lock in share mode";
            assertThat(Sql.list(worker, fence)).hasSize(1);
            Sql.run(worker, "xa end " + xid);
            LeaseStoreException held =
                    catchThrowableOfType(LeaseStoreException.class, () -> terms.begin(ELECTION, PATIENCE));
            assertThat(held.failure()).isEqualTo(Failure.BLOCKED);
            Sql.run(worker, "xa prepare " + xid);
            assertThat(terms.begin(ELECTION, SOON)).isPresent();
            assertThat(work()).as("what the new leader finds").isEmpty();
            Sql.run(worker, "xa commit " + xid);
            assertThat(work()).as("violation").containsExactly(String.valueOf(term.token()));
        }
    }

    private List<String> work() throws SQLException {
        return Sql.list(database, "select token from work");
    }
}
