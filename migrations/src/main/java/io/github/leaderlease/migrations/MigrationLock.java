package io.github.leaderlease.migrations;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The right to migrate, held by one process at a time on a connection of its own. Flyway's own lock is not enough: nothing
 * guards the creation of its history table, and on H2 the first DDL commits and so drops the lock.
 */
final class MigrationLock implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;

    /** PostgreSQL's and H2's. */
    private static final Set<String> LOCK_TIMEOUTS = Set.of("55P03", "HYT00");

    private final Connection connection;
    private final Database engine;
    private final boolean autoCommit;
    private int h2LockTimeout;

    private MigrationLock(Connection connection, Database engine) throws SQLException {
        this.connection = connection;
        this.engine = engine;
        this.autoCommit = connection.getAutoCommit();
    }

    /** Waits for its turn, for a minute at most. */
    static MigrationLock take(DataSource dataSource, Database engine) throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            MigrationLock turn = new MigrationLock(connection, engine);
            turn.await();
            return turn;
        } catch (SQLException | RuntimeException e) {
            try {
                connection.close();
            } catch (SQLException close) {
                e.addSuppressed(close);
            }
            throw e;
        }
    }

    private void await() throws SQLException {
        try {
            queue();
        } catch (SQLException e) {
            if (LOCK_TIMEOUTS.contains(String.valueOf(e.getSQLState()))) {
                throw busy(e);
            }
            throw e;
        }
    }

    private static LeaseMigrationException busy(@Nullable Throwable cause) {
        return new LeaseMigrationException(
                "another process has been applying migrations for " + PATIENCE_SECONDS
                        + " s, or stands still while it does: see to it that it ends, and migrate again; nothing has changed",
                cause);
    }

    private void queue() throws SQLException {
        switch (engine) {
            case POSTGRESQL -> {
                connection.setAutoCommit(false);
                run("set local lock_timeout = '" + PATIENCE_SECONDS + "s'");
                run("set local idle_in_transaction_session_timeout = 0"); // it stands idle while Flyway works
                run("select pg_advisory_xact_lock(7810767203226807155)");
            }
            case MYSQL, MARIADB -> {
                if (number("select get_lock('leader-lease-migrations', " + PATIENCE_SECONDS + ")") != 1) {
                    throw busy(null);
                }
            }
            case H2 -> {
                h2LockTimeout = number("select lock_timeout()");
                run("create global temporary table if not exists leader_lease_turn (one int primary key)");
                run("set lock_timeout " + PATIENCE_SECONDS * 1000);
                connection.setAutoCommit(false);
                run("insert into leader_lease_turn values (1)");
            }
        }
    }

    @Override
    public void close() throws SQLException {
        try (connection) {
            switch (engine) {
                case POSTGRESQL -> connection.rollback();
                case MYSQL, MARIADB -> run("select release_lock('leader-lease-migrations')");
                case H2 -> {
                    connection.rollback();
                    run("set lock_timeout " + h2LockTimeout);
                }
            }
            connection.setAutoCommit(autoCommit);
        }
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private int number(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getInt(1);
        }
    }
}
