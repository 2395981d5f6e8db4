package io.github.leaderlease.postgresql;

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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** The store contract on PostgreSQL, newest and oldest supported. */
@ForEachDatabase(Engine.POSTGRESQL)
final class PostgresqlStoreTest extends LeaseStoreContract {

    private static TestDatabase database;

    PostgresqlStoreTest(DatabaseUnderTest tested) {
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
        Dialect dialect = new PostgresqlDialect();
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
            statement.execute("set default_transaction_isolation = 'serializable'");
            statement.execute("set standard_conforming_strings = off");
        }
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        connection.setAutoCommit(false);
    }

    private static Connection connection() throws SQLException {
        return database.connection();
    }

    /** The next one to be given out; to look at it gives none out. */
    @Override
    protected OptionalLong transactionIds() {
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint")) {
            row.next();
            return OptionalLong.of(row.getLong(1));
        } catch (SQLException e) {
            throw new IllegalStateException("cannot count transaction ids", e);
        }
    }
}
