package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.Leadership;
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
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The fence that updates the term's row, for clusters and XA branches. */
@ForEachDatabase({Engine.MYSQL, Engine.MARIADB})
@Execution(ExecutionMode.CONCURRENT)
final class TouchFenceTest {

    private final DatabaseUnderTest tested;

    TouchFenceTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    /** A look in an old snapshot still shows an open term; on Galera it once let late writes through. */
    @Test
    void theUpdateDecidesNotTheLookThatExplains() throws Exception {
        try (TestDatabase database = tested.fresh()) {
            LeaseMigrations.migrate(database.dataSource());
            JdbcFence touch = new JdbcFence(
                    FenceDialects.with(FenceDialects.of(database), "touchFence", Dialect.TouchFence.ALWAYS),
                    TableNames.PLAIN);
            try (Member node = Member.join(database, "a", Member.STEADY).leading();
                    Connection connection = database.connection()) {
                Leadership leads = node.election().leadership().orElseThrow();
                TermKey term = new TermKey(leads.election(), leads.fencingToken(), leads.holderId());
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                connection.setAutoCommit(false);
                assertThat(touch.take(connection, term, Duration.ofSeconds(5), false)
                                .state())
                        .isEqualTo(State.OPEN);
                connection.rollback();

                assertThat(Sql.list(connection, "select count(*) from leader_term where ended_at is null"))
                        .as("the snapshot is from before the end")
                        .containsExactly("1");
                Sql.run(database, "update leader_term set ended_at = started_at, end_reason = 'EXPIRED'");
                assertThat(touch.take(connection, term, Duration.ofSeconds(5), false)
                                .state())
                        .isEqualTo(State.ENDED);
                connection.rollback();
            }
        }
    }
}
