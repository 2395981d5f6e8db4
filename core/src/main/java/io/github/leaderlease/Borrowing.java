package io.github.leaderlease;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Borrows a connection for a transaction that we will commit ourselves. A DataSource may hand out the connection of a
 * transaction that is open on the caller's thread (JTA, Spring's TransactionAwareDataSourceProxy), which is not ours to
 * commit, roll back or break: it is given back untouched, and refused before any work runs.
 *
 * @param leadership the term that the transaction is for
 */
record Borrowing(ConnectionSource from, Fences fences, HeldTerm leadership) {

    private static final String REMEDY =
            "call leadership.fence(connection) as the last statement of that transaction, or"
                    + " give fencedTransactions().dataSource(...) a DataSource that takes no part in it";

    /**
     * A connection with autocommit off, at the very beginning of a transaction, that nobody else will end.
     *
     * @throws IllegalStateException if it is not ours alone
     */
    Borrowed borrow() throws SQLException {
        Connection connection = from.open();
        try {
            boolean autoCommit = connection.getAutoCommit();
            if (from instanceof ConnectionSource.Direct) {
                connection.setAutoCommit(false);
                return new Borrowed(connection, autoCommit);
            }
            if (!autoCommit) {
                connection = reborrowed(connection);
            }
            checkObedience(connection, autoCommit);
            return new Borrowed(connection, autoCommit);
        } catch (SQLException | RuntimeException | Error e) {
            giveBack(connection, e);
            throw e;
        }
    }

    /**
     * Some pools hand out connections with autocommit off, and one in the middle of a transaction looks just so. But what
     * was left on it outlasts its closing there, and nowhere else.
     */
    private Connection reborrowed(Connection first) throws SQLException {
        checkXa(first);
        dialect().leaveMark(first);
        first.close();
        Connection second = from.open();
        try {
            if (!second.getAutoCommit() && dialect().takeMark(second)) {
                throw surrounding("its transaction goes on when it is closed", null);
            }
            return second;
        } catch (SQLException | RuntimeException | Error e) {
            giveBack(second, e);
            throw e;
        }
    }

    /** Whoever manages a transaction refuses to have it ended; with nothing done in it that costs nobody anything. */
    private void checkObedience(Connection connection, boolean autoCommit) throws SQLException {
        checkXa(connection);
        connection.createStatement().close(); // what enlists late does it now
        if (connection.getAutoCommit() != autoCommit) {
            throw surrounding("it was enlisted in one with its first statement", null);
        }
        fences.checkDatabase(leadership, connection);
        try {
            connection.setAutoCommit(false);
            connection.rollback();
        } catch (SQLException e) {
            if (dialect().classify(e) != Failure.UNAVAILABLE) {
                restore(connection, autoCommit, e);
                throw surrounding("it does not let itself be rolled back: " + e.getMessage(), e);
            }
            throw e;
        }
    }

    private void checkXa(Connection connection) throws SQLException {
        if (dialect().insideXa(connection)) {
            throw surrounding("it is in an XA branch", null);
        }
    }

    private static void restore(Connection connection, boolean autoCommit, SQLException failure) {
        try {
            if (connection.getAutoCommit() != autoCommit) {
                connection.setAutoCommit(autoCommit);
            }
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    private Dialect dialect() {
        return fences.dialect();
    }

    private IllegalStateException surrounding(String sign, @Nullable SQLException cause) {
        return new IllegalStateException(
                FenceChecks.what(leadership.key())
                        + "the DataSource hands out the connection of a transaction that is open on this"
                        + " thread and not ours to commit (" + sign + "): " + REMEDY,
                cause);
    }

    private static void giveBack(Connection connection, Throwable failure) {
        try {
            connection.close();
        } catch (SQLException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * A connection that is ours alone until it is given back.
     *
     * @param autoCommit what it came with
     */
    record Borrowed(Connection connection, boolean autoCommit) {}
}
