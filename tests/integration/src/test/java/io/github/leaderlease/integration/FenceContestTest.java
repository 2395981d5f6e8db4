package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.NotLeaderException;
import io.github.leaderlease.WorkerFence;
import io.github.leaderlease.integration.FenceContest.Fencing;
import io.github.leaderlease.integration.FenceContest.Goal;
import io.github.leaderlease.integration.FenceContest.Result;
import io.github.leaderlease.jdbc.JdbcFence;
import io.github.leaderlease.jdbc.JdbcFence.State;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.TableNames;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The guarantee for which this library exists: a fenced write commits before the next term begins, or not at all. The
 * long profile: {@code -Dfence.takeovers=5000 -Dfence.commits=100000} per isolation level.
 */
@KeepsProcessorsBusy
@ForEachDatabase({Engine.H2, Engine.POSTGRESQL, Engine.MYSQL, Engine.MARIADB})
final class FenceContestTest {

    private static final int TAKEOVERS = Integer.getInteger("fence.takeovers", 30);
    private static final int COMMITS = Integer.getInteger("fence.commits", 500);
    private static final int WRITERS = 6;

    private final DatabaseUnderTest tested;
    private TestDatabase database;
    private Dialect dialect;

    FenceContestTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @BeforeEach
    void migrate() throws SQLException {
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        dialect = FenceDialects.of(database);
    }

    @AfterEach
    void drop() {
        if (database != null) {
            database.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "READ_UNCOMMITTED," + Connection.TRANSACTION_READ_UNCOMMITTED,
        "READ_COMMITTED," + Connection.TRANSACTION_READ_COMMITTED,
        "REPEATABLE_READ," + Connection.TRANSACTION_REPEATABLE_READ,
        "SERIALIZABLE," + Connection.TRANSACTION_SERIALIZABLE
    })
    void noWriteOfATermIsCommittedAfterTheNextHasBegun(String name, int isolation) throws Exception {
        prove(name, isolation, workerFence());
    }

    @ParameterizedTest
    @CsvSource({
        "READ_COMMITTED," + Connection.TRANSACTION_READ_COMMITTED,
        "REPEATABLE_READ," + Connection.TRANSACTION_REPEATABLE_READ
    })
    void norWithTheFenceForClustersWhereThereMayBeOne(String name, int isolation) throws Exception {
        if (dialect.touchFence() == Dialect.TouchFence.NEVER) {
            assertThat(database.engine()).isIn(Engine.H2, Engine.POSTGRESQL);
            return;
        }
        JdbcFence touch =
                new JdbcFence(FenceDialects.with(dialect, "touchFence", Dialect.TouchFence.ALWAYS), TableNames.PLAIN);
        prove(
                "touch, " + name,
                isolation,
                (connection, term) -> touch.take(connection, term, Duration.ofSeconds(5), false)
                                .state()
                        == State.OPEN);
    }

    private void prove(String name, int isolation, Fencing fencing) throws Exception {
        Result result =
                FenceContest.run(database, dialect, isolation, WRITERS, fencing, Goal.clean(TAKEOVERS, COMMITS));
        System.out.println("fence on " + tested + " (" + database.version() + "), " + name + ": " + result);
        assertThat(result.violations()).as("late rows in %s", result).isZero();
        assertThat(result.takeovers()).isGreaterThanOrEqualTo(TAKEOVERS);
        assertThat(result.commits()).isGreaterThanOrEqualTo(COMMITS);
        assertThat(result.refused())
                .as("zombies that were caught in %s", result)
                .isPositive();
    }

    /** As a worker does it, with what it was handed. */
    static Fencing workerFence() {
        WorkerFence fence = WorkerFence.create();
        return (connection, term) -> {
            try {
                fence.fence(connection, term.election(), term.token(), term.holderId());
                return true;
            } catch (NotLeaderException over) {
                return false;
            } catch (LeaderLeaseException e) {
                if (e.getCause() instanceof SQLException cause) {
                    throw cause;
                }
                throw e;
            }
        };
    }
}
