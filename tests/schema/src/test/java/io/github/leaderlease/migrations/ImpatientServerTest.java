package io.github.leaderlease.migrations;

import static io.github.leaderlease.testdatabases.DatabaseUnderTest.POSTGRESQL;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** PostgreSQL that ends idle transactions soon: ours stands idle for as long as Flyway works. */
final class ImpatientServerTest {

    @Test
    void theTurnMayStandIdle() throws Exception {
        try (TestDatabase database = POSTGRESQL.fresh();
                Connection connection = database.connection();
                Statement statement = connection.createStatement()) {
            statement.execute("set idle_in_transaction_session_timeout = '1s'");
            try (MigrationLock turn = MigrationLock.take(only(connection), Database.POSTGRESQL);
                    ResultSet row = statement.executeQuery("show idle_in_transaction_session_timeout")) {
                assertThat(turn).isNotNull();
                assertThat(row.next()).isTrue();
                assertThat(row.getString(1)).isEqualTo("0");
            }
        }
    }

    private static DataSource only(Connection connection) {
        return new PGSimpleDataSource() {
            @Override
            public Connection getConnection() {
                return connection;
            }
        };
    }
}
