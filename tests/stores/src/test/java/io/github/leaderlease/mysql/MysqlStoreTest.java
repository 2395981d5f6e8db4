package io.github.leaderlease.mysql;

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
import java.util.List;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** The store contract on MySQL and MariaDB. */
@ForEachDatabase({Engine.MYSQL, Engine.MARIADB})
final class MysqlStoreTest extends LeaseStoreContract {

    private static TestDatabase database;

    private final DatabaseUnderTest tested;

    MysqlStoreTest(DatabaseUnderTest tested) {
        this.tested = tested;
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
        Dialect dialect = dialect(connection);
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

    private static Dialect dialect(Connection connection) throws SQLException {
        for (Dialect dialect : List.of(new MysqlDialect(), new MariadbDialect())) {
            if (dialect.supports(connection)) {
                return dialect.forServer(connection);
            }
        }
        throw new IllegalStateException("neither MySQL nor MariaDB");
    }

    @Override
    protected boolean enforcesChecks() {
        return tested != DatabaseUnderTest.MYSQL_8_0_15;
    }

    private static void setUpOddly(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set time_zone = '+05:45'");
            statement.execute("set session sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES'");
            statement.execute("set session sql_safe_updates = 1");
        }
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        connection.setAutoCommit(false);
    }

    private static Connection connection() throws SQLException {
        return database.connection();
    }
}
