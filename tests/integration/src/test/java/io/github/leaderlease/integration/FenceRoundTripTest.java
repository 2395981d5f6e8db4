package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.Leadership;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the fence adds to a transaction, counted on the driver's socket. */
final class FenceRoundTripTest {

    @ParameterizedTest
    @ValueSource(ints = {Connection.TRANSACTION_READ_COMMITTED, Connection.TRANSACTION_SERIALIZABLE})
    void itIsOneRoundTripOnPostgresql(int isolation) throws Exception {
        try (TestDatabase database = DatabaseUnderTest.POSTGRESQL.fresh()) {
            LeaseMigrations.migrate(database.dataSource());
            Sql.run(database, "create table work (nr int not null)");
            String url = database.url() + (database.url().contains("?") ? "&" : "?") + "socketFactory="
                    + RoundTrips.class.getName();
            try (Member node = Member.join(database, "a", Member.STEADY).leading();
                    Connection connection = DriverManager.getConnection(url, database.user(), database.password())) {
                connection.setTransactionIsolation(isolation);
                connection.setAutoCommit(false);
                Leadership term = node.election().leadership().orElseThrow();
                int bare = transaction(connection, () -> {});
                for (int warmUp = 0; warmUp < 20; warmUp++) {
                    assertThat(transaction(connection, () -> term.fence(connection)))
                            .as("transaction %d", warmUp)
                            .isEqualTo(bare + 1);
                }
            }
        }
    }

    private static int transaction(Connection connection, Runnable fence) throws Exception {
        int before = RoundTrips.count();
        Sql.run(connection, "insert into work values (1)");
        fence.run();
        connection.commit();
        return RoundTrips.count() - before;
    }
}
