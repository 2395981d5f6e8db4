package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.ELECTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a candidate with no more than the rights it needs can tell of the session that is in the way. */
@ForEachDatabase({Engine.POSTGRESQL, Engine.MYSQL, Engine.MARIADB})
@Execution(ExecutionMode.CONCURRENT)
final class FenceBlockersTest {

    private static final String PASSWORD = "pw-1-Secret";

    private final DatabaseUnderTest tested;
    private TestDatabase database;
    private String user;

    FenceBlockersTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    private Connection ordinary() throws SQLException {
        user = "u" + database.name();
        Sql.run(
                database,
                tested.engine() == Engine.POSTGRESQL
                        ? "create role " + user + " login password '" + PASSWORD + "'"
                        : "create user " + user + " identified by '" + PASSWORD + "'",
                "grant select, insert, update on leader_lease to " + user,
                "grant select, insert, update on leader_term to " + user);
        return DriverManager.getConnection(database.url(), user, PASSWORD);
    }

    @AfterEach
    void drop() throws SQLException {
        if (user != null) {
            Sql.run(
                    database,
                    tested.engine() == Engine.POSTGRESQL
                            ? new String[] {"drop owned by " + user, "drop role " + user}
                            : new String[] {"drop user " + user});
        }
        if (database != null) {
            database.close();
        }
    }

    @Test
    void itTellsTheSessionOrWhichRightIsMissing() throws SQLException {
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        AbandonedTerms.createWork(database);
        try (AbandonedTerms dead = AbandonedTerms.on(database, Duration.ofSeconds(10))) {
            TermKey term = dead.begin(ELECTION);
            try (Connection worker = dead.stuckWorker(term);
                    AbandonedTerms candidate = AbandonedTerms.on(database, ordinary(), Duration.ofSeconds(10))) {
                LeaseStoreException blocked = catchThrowableOfType(
                        LeaseStoreException.class, () -> candidate.begin(ELECTION, Duration.ofMillis(100)));
                assertThat(blocked.failure()).isEqualTo(Failure.BLOCKED);
                String expected = switch (tested.engine()) {
                    case POSTGRESQL ->
                        "session " + Sql.list(worker, "select pg_backend_pid()").get(0) + " (user lease";
                    case MYSQL -> "grant select on performance_schema.data_locks and performance_schema.threads";
                    case MARIADB -> "grant process on *.*";
                    case H2 -> throw new IllegalStateException("not among the databases");
                };
                assertThat(blocked.blockedBy().orElseThrow()).contains(expected);
                worker.rollback();
                assertThat(candidate.begin(ELECTION, Duration.ofSeconds(10))).isPresent();
            }
        }
    }
}
