package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.leaderlease.LossReason;
import io.github.leaderlease.NotLeaderException;
import io.github.leaderlease.WorkerFence;
import io.github.leaderlease.jdbc.JdbcFence;
import io.github.leaderlease.jdbc.JdbcFence.State;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.TableNames;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A failover that loses commits may lose a term, and somebody else may then get a term of the same number. */
@ForEachDatabase({Engine.H2, Engine.POSTGRESQL, Engine.MYSQL, Engine.MARIADB})
@Execution(ExecutionMode.CONCURRENT)
final class FenceLossyFailoverTest {

    private static final String TOKEN_ONLY =
            "select holder_id from leader_term where ended_at is null and election_name = 'job' and token = ";

    private final DatabaseUnderTest tested;

    FenceLossyFailoverTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @Test
    void theSameTokenOfAnotherHolderIsAnotherTerm() throws Exception {
        try (TestDatabase database = tested.fresh()) {
            LeaseMigrations.migrate(database.dataSource());
            try (AbandonedTerms terms = AbandonedTerms.on(database, Duration.ofSeconds(10));
                    Connection connection = database.connection()) {
                TermKey lost = terms.begin(Member.ELECTION);
                connection.setAutoCommit(false);
                fence(connection, lost);
                connection.rollback();
                Sql.run(
                        database,
                        "update leader_term set holder_id = 'somebody else'",
                        "update leader_lease set holder_id = 'somebody else'");
                assertThat(Sql.list(connection, TOKEN_ONLY + lost.token()))
                        .as("control: a look at the token alone finds nothing wrong")
                        .containsExactly("somebody else");
                NotLeaderException refused =
                        catchThrowableOfType(NotLeaderException.class, () -> fence(connection, lost));
                assertThat(refused.reason()).contains(LossReason.TERM_MISSING);
                connection.rollback();
                assertTouchRefused(database, connection, lost);
                fence(connection, new TermKey(Member.ELECTION, lost.token(), "somebody else"));
            }
        }
    }

    /** Where fences may have to update the row; elsewhere it has no column for that. */
    private static void assertTouchRefused(TestDatabase database, Connection connection, TermKey lost)
            throws SQLException {
        Dialect dialect = FenceDialects.of(database);
        if (dialect.touchFence() != Dialect.TouchFence.NEVER) {
            JdbcFence touch = new JdbcFence(
                    FenceDialects.with(dialect, "touchFence", Dialect.TouchFence.ALWAYS), TableNames.PLAIN);
            assertThat(touch.take(connection, lost, Duration.ofSeconds(5), false)
                            .state())
                    .isEqualTo(State.MISSING);
            connection.rollback();
        }
    }

    private static void fence(Connection connection, TermKey term) {
        WorkerFence.create().fence(connection, term.election(), term.token(), term.holderId());
    }
}
