package io.github.leaderlease.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.jdbc.JdbcLeaseStore;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.TableNames;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testkit.LeaseStoreContract;
import io.github.leaderlease.testkit.SqlTables;
import io.github.leaderlease.testkit.StoreTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** The store contract on H2, in memory and as a server. */
@ForEachDatabase(Engine.H2)
final class H2StoreTest extends LeaseStoreContract {

    private static TestDatabase database;

    H2StoreTest(DatabaseUnderTest tested) {
        assertThat(database.engine()).isEqualTo(tested.engine());
    }

    @BeforeParameterizedClassInvocation
    static void createTheTables(DatabaseUnderTest tested) {
        database = tested.fresh();
        LeaseMigrations.on(database.dataSource()).migrate();
    }

    /** There is none if this server could not be had. */
    @AfterParameterizedClassInvocation
    static void dropTheDatabase() {
        if (database != null) {
            database.close();
            database = null;
        }
    }

    @Override
    protected StoreTables tables() {
        return new SqlTables(database.dataSource(), TableNames.PLAIN);
    }

    @Override
    protected LeaseStore open() {
        try {
            return open(connection());
        } catch (SQLException e) {
            throw new IllegalStateException("cannot connect to " + database.label(), e);
        }
    }

    private static LeaseStore open(Connection connection) throws SQLException {
        Dialect dialect = new H2Dialect();
        Dialect.Timeouts timeouts =
                new Dialect.Timeouts(Duration.ofSeconds(5), Duration.ofMillis(300), Duration.ofSeconds(2));
        return JdbcLeaseStore.open(connection, dialect, TableNames.PLAIN, timeouts);
    }

    @Override
    protected LeaseStore openOdd() {
        try {
            Connection connection = connection();
            setUpOddly(connection);
            return open(connection);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot connect to " + database.label(), e);
        }
    }

    private static void setUpOddly(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set time zone 'Asia/Kathmandu'");
        }
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        connection.setAutoCommit(false);
    }

    private static Connection connection() throws SQLException {
        return database.connection();
    }
}
