package io.github.leaderlease.migrations;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.stream.Stream;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how long a script waits for a lock: whoever needs the table later, heartbeats above all, waits behind it. On
 * PostgreSQL for the script's transaction only; elsewhere for the session, and put back after the script.
 */
final class LockTimeout implements Callback {

    private static final int MILLIS = 300;

    private final Database engine;
    private @Nullable String before;

    LockTimeout(Database engine) {
        this.engine = engine;
    }

    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.BEFORE_EACH_MIGRATE
                || event == Event.AFTER_EACH_MIGRATE
                || event == Event.AFTER_EACH_MIGRATE_ERROR;
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        try (Statement statement = context.getConnection().createStatement()) {
            if (event == Event.BEFORE_EACH_MIGRATE) {
                limit(statement);
            } else {
                restore(statement);
            }
        } catch (SQLException e) {
            throw new FlywayException("cannot bound the wait for locks: " + e.getMessage(), e);
        }
    }

    @Override
    public String getCallbackName() {
        return "leader-lease-lock-timeout";
    }

    private void limit(Statement statement) throws SQLException {
        switch (engine) {
            case POSTGRESQL -> statement.execute("set local lock_timeout = " + MILLIS);
            case MYSQL, MARIADB -> {
                before = text(statement, "select @@session.lock_wait_timeout");
                statement.execute("set session lock_wait_timeout = 1");
            }
            case H2 -> {
                before = text(statement, "select lock_timeout()");
                statement.execute("set lock_timeout " + MILLIS);
            }
        }
    }

    private void restore(Statement statement) throws SQLException {
        String value = before;
        before = null;
        if (value != null) {
            statement.execute(
                    engine == Database.H2 ? "set lock_timeout " + value : "set session lock_wait_timeout = " + value);
        }
    }

    private static String text(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Whether a script failed because somebody else holds what it needs. */
    boolean ranOut(Throwable failure) {
        return Stream.<Throwable>iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast)
                .anyMatch(e -> switch (engine) {
                    case POSTGRESQL -> "55P03".equals(e.getSQLState());
                    case MYSQL, MARIADB -> e.getErrorCode() == 1205;
                    case H2 -> e.getErrorCode() == 50200;
                });
    }

    /** Where a failed script is kept in the history, it would be in the way of the next try. */
    static String forget(Database engine, String history) {
        return "delete from " + history + (engine == Database.H2 ? " where \"success\" = false" : " where success = 0");
    }

    static void forget(Connection connection, Database engine, String history) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(forget(engine, history));
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        }
    }
}
