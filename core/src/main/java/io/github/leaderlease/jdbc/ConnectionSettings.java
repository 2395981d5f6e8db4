package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/** What a connection was set to before it became ours: a pool may lend it to somebody else afterwards. */
record ConnectionSettings(boolean autoCommit, int isolation, int networkTimeout) {

    private static final Duration SLACK = Duration.ofSeconds(2);

    static ConnectionSettings apply(Connection connection, Dialect dialect, Dialect.Timeouts timeouts)
            throws SQLException {
        ConnectionSettings before = new ConnectionSettings(
                connection.getAutoCommit(), connection.getTransactionIsolation(), connection.getNetworkTimeout());
        try {
            connection.setAutoCommit(true);
            limit(connection, timeouts.call());
            isolate(connection, Connection.TRANSACTION_READ_COMMITTED);
            enforce(connection, dialect, timeouts);
        } catch (SQLException | RuntimeException e) {
            before.restoreAfter(e, connection, dialect);
            throw e;
        }
        return before;
    }

    static void enforce(Connection connection, Dialect dialect, Dialect.Timeouts timeouts) throws SQLException {
        execute(connection, dialect.openConnection(timeouts));
    }

    /** Whoever waits gives up before, and tells the server so; this is for when nobody can. */
    static void limit(Connection connection, Duration left) throws SQLException {
        connection.setNetworkTimeout(
                Runnable::run, Math.toIntExact(left.plus(SLACK).toMillis()));
    }

    void restoreAfter(Exception failure, Connection connection, Dialect dialect) {
        try {
            restore(connection, dialect);
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    void restore(Connection connection, Dialect dialect) throws SQLException {
        if (connection.isClosed()) {
            return;
        }
        execute(connection, dialect.restoreConnection());
        connection.setNetworkTimeout(Runnable::run, networkTimeout);
        isolate(connection, isolation);
        connection.setAutoCommit(autoCommit);
    }

    /** Some drivers set the whole session, which is not ours alone behind a pooler that shares it. */
    private static void isolate(Connection connection, int level) throws SQLException {
        if (connection.getTransactionIsolation() != level) {
            connection.setTransactionIsolation(level);
        }
    }

    private static void execute(Connection connection, List<String> settings) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String setting : settings) {
                statement.execute(setting);
            }
        }
    }
}
