package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.Leadership;
import io.github.leaderlease.integration.FenceContest.Fencing;
import io.github.leaderlease.integration.FenceContest.Goal;
import io.github.leaderlease.integration.FenceContest.Result;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fences that look right and are not. Each must be caught by the same contest that the real one passes, else the contest
 * proves nothing.
 */
@KeepsProcessorsBusy
final class FenceControlsTest {

    private static final int WRITERS = 8;
    private static final int TRIES = 3_000;
    private static final int RC = Connection.TRANSACTION_READ_COMMITTED;
    private static final int RR = Connection.TRANSACTION_REPEATABLE_READ;

    private static final String TERM =
            " from leader_term where election_name = ? and token = ? and holder_id = ? and ended_at is null";
    private static final int KEY = crc32("contest");

    static Stream<DatabaseUnderTest> oneOfEach() {
        return Stream.of(
                DatabaseUnderTest.H2_MEMORY,
                DatabaseUnderTest.POSTGRESQL,
                DatabaseUnderTest.MYSQL_8_0_15,
                DatabaseUnderTest.MARIADB);
    }

    @ParameterizedTest
    @MethodSource("oneOfEach")
    void noFenceAtAll(DatabaseUnderTest tested) throws Exception {
        assertCaught(tested, RC, (connection, term) -> true);
    }

    @ParameterizedTest
    @MethodSource("oneOfEach")
    void aSelectThatLocksNothing(DatabaseUnderTest tested) throws Exception {
        assertCaught(tested, RC, (connection, term) -> {
            boolean open = finds(connection, "select 1" + TERM, term.election(), term.token(), term.holderId());
            roundTrips(connection, 3);
            return open;
        });
    }

    /** The snapshot of a statement is older than the lock that the same statement waits for. */
    @Test
    void lockAndLookInOneStatement() throws Exception {
        String sql = "select 1" + TERM + " and pg_advisory_xact_lock_shared(1279607123, " + KEY + ") is not null";
        assertCaught(
                DatabaseUnderTest.POSTGRESQL,
                RC,
                (c, term) -> finds(c, sql, term.election(), term.token(), term.holderId()));
    }

    /** It does not conflict with the update that ends a term. */
    @Test
    void forKeyShare() throws Exception {
        String sql = "select 1" + TERM + " for key share";
        assertCaught(DatabaseUnderTest.POSTGRESQL, RC, (connection, term) -> {
            boolean open = finds(connection, sql, term.election(), term.token(), term.holderId());
            roundTrips(connection, 3);
            return open;
        });
    }

    /** From REPEATABLE READ on the snapshot is the transaction's, and older than the lock. */
    @Test
    void aPlainLookUnderRepeatableRead() throws Exception {
        assertCaught(DatabaseUnderTest.POSTGRESQL, RR, FenceControlsTest::lockThenLook);
    }

    @Test
    void aTakeoverThatDoesNotTakeTheExclusiveSide() throws Exception {
        try (TestDatabase database = migrated(DatabaseUnderTest.POSTGRESQL)) {
            Dialect careless = FenceDialects.with(FenceDialects.of(database), "exclusiveFence", Optional.empty());
            Fencing real = FenceContestTest.workerFence();
            Fencing fence = (connection, term) -> {
                boolean open = real.mayCommit(connection, term);
                roundTrips(connection, 3);
                return open;
            };
            assertCaught(FenceContest.run(database, careless, RC, WRITERS, fence, Goal.caught(TRIES)));
        }
    }

    /** On PostgreSQL and H2 rolling back to a savepoint gives back the locks that were taken after it. */
    @ParameterizedTest
    @MethodSource("oneOfEach")
    void aFenceInASavepointThatIsRolledBack(DatabaseUnderTest tested) throws Exception {
        Fencing real = FenceContestTest.workerFence();
        Fencing rolledBack = (connection, term) -> {
            Savepoint savepoint = connection.setSavepoint();
            boolean open = real.mayCommit(connection, term);
            connection.rollback(savepoint);
            roundTrips(connection, 3);
            return open;
        };
        try (TestDatabase database = migrated(tested)) {
            boolean keepsLocks = database.engine() == Engine.MYSQL || database.engine() == Engine.MARIADB;
            Goal goal = keepsLocks ? Goal.clean(100, 500) : Goal.caught(TRIES);
            Result result = FenceContest.run(database, FenceDialects.of(database), RC, WRITERS, rolledBack, goal);
            if (keepsLocks) {
                assertThat(result.violations())
                        .as("InnoDB keeps them: %s", result)
                        .isZero();
            } else {
                assertCaught(result);
            }
        }
    }

    /** InnoDB gives locks back, too, if the savepoint came before the transaction's first statement. */
    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"MYSQL_8_0_15", "MARIADB"})
    void aFenceInASavepointThatIsTheFirstStatement(DatabaseUnderTest tested) throws Exception {
        try (TestDatabase database = migrated(tested);
                Member node = Member.join(database, "a", Member.STEADY).leading();
                Connection connection = database.connection();
                Connection other = database.connection()) {
            Leadership term = node.election().leadership().orElseThrow();
            String free = "select token from leader_term for update nowait";
            connection.setAutoCommit(false);
            Savepoint savepoint = connection.setSavepoint();
            term.fence(connection);
            assertThatThrownBy(() -> finds(other, free)).isInstanceOf(SQLException.class);
            connection.rollback(savepoint);
            assertThat(finds(other, free)).as("the fence is gone").isTrue();
            connection.rollback();
        }
    }

    private static void assertCaught(DatabaseUnderTest tested, int isolation, Fencing fencing) throws Exception {
        try (TestDatabase database = migrated(tested)) {
            Dialect dialect = FenceDialects.of(database);
            assertCaught(FenceContest.run(database, dialect, isolation, WRITERS, fencing, Goal.caught(TRIES)));
        }
    }

    private static void assertCaught(Result result) {
        System.out.println("fence control: " + result);
        assertThat(result.violations())
                .as("violations of a fence that is none: %s", result)
                .isPositive();
    }

    private static TestDatabase migrated(DatabaseUnderTest tested) {
        TestDatabase database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        return database;
    }

    private static boolean lockThenLook(Connection connection, io.github.leaderlease.spi.TermKey term)
            throws SQLException {
        finds(connection, "select pg_advisory_xact_lock_shared(1279607123, " + KEY + ")");
        return finds(connection, "select 1" + TERM, term.election(), term.token(), term.holderId());
    }

    private static boolean finds(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** Gives a takeover the time to come in between. */
    private static void roundTrips(Connection connection, int count) throws SQLException {
        for (int i = 0; i < count; i++) {
            finds(connection, "select 1");
        }
    }

    private static int crc32(String text) {
        CRC32 checksum = new CRC32();
        checksum.update(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        return (int) checksum.getValue();
    }
}
