package io.github.leaderlease;

import io.github.leaderlease.Borrowing.Borrowed;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A connection in a transaction that we will fence and commit. Closing it rolls back what was not committed and gives it
 * back as it was; a connection that cannot be put back is broken rather than lent to somebody else.
 */
final class FencedConnection implements AutoCloseable {

    private static final Logger LOG = Loggers.COORDINATOR;

    /** What would end the transaction before it is fenced, or after. */
    private static final Set<String> REFUSED = Set.of("commit", "abort", "setTransactionIsolation", "setReadOnly");

    private final Connection connection;
    private final Dialect dialect;
    private final boolean autoCommit;
    private final int isolation;
    private boolean bounded;
    private boolean committed;

    private FencedConnection(Connection connection, Dialect dialect, boolean autoCommit, int isolation) {
        this.connection = connection;
        this.dialect = dialect;
        this.autoCommit = autoCommit;
        this.isolation = isolation;
    }

    /** Only a connection that is ours alone may be broken off when something fails. */
    static FencedConnection begin(Borrowing borrowing, @Nullable Integer isolation) {
        try {
            Borrowed borrowed = borrowing.borrow();
            Connection connection = borrowed.connection();
            try {
                int before = isolation == null ? -1 : connection.getTransactionIsolation();
                Dialect dialect = borrowing.fences().dialect();
                FencedConnection fenced = new FencedConnection(connection, dialect, borrowed.autoCommit(), before);
                if (isolation != null && isolation != before) {
                    connection.setTransactionIsolation(isolation);
                }
                fenced.mark();
                return fenced;
            } catch (SQLException | RuntimeException | Error e) {
                breakOff(connection);
                throw e;
            }
        } catch (SQLException e) {
            throw new LeaderLeaseException(
                    "cannot begin a fenced transaction: " + e.getMessage()
                            + " (the pool must have connections beyond the"
                            + " coordinator's own; fencedTransactions().dataSource(...) takes another pool)",
                    e);
        }
    }

    private void mark() throws SQLException {
        execute(dialect.markOfWork().stream().toList());
    }

    /** For the user's work: as it is, but for what is ours to do. */
    Connection guarded() {
        return (Connection) Proxy.newProxyInstance(
                FencedConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    String name = method.getName();
                    boolean ends = REFUSED.contains(name) || (name.equals("rollback") && arguments == null);
                    boolean autoCommits = name.equals("setAutoCommit") && Boolean.TRUE.equals(arguments[0]);
                    if (ends || autoCommits) {
                        throw new IllegalStateException(name + " is not for the work of a fenced transaction: return to"
                                + " commit, throw to roll back");
                    }
                    if (name.equals("close")) {
                        return null;
                    }
                    if (name.equals("equals")) {
                        return proxy == arguments[0];
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Nothing comes between the fence and the commit, so no savepoint can take the fence away. */
    void commit(HeldTerm leadership, Fences fences) {
        checkMark(leadership);
        try {
            List<String> bounds = dialect.beforeFence(Fences.idle(leadership));
            bounded = !bounds.isEmpty();
            execute(bounds);
        } catch (SQLException e) {
            throw new LeaderLeaseException(
                    FenceChecks.what(leadership.key()) + "cannot bound its idle time: " + e.getMessage(), e);
        }
        fences.take(leadership, connection, true);
        try {
            connection.commit();
            committed = true;
        } catch (SQLException e) {
            String outcome = dialect.classify(e) == Failure.UNAVAILABLE
                    ? "the outcome of the commit is unknown; it has happened within term " + leadership.fencingToken()
                            + " or not at all: "
                    : "the commit was refused, nothing was committed: ";
            throw new LeaderLeaseException("election '" + leadership.election() + "': " + outcome + e.getMessage(), e);
        }
    }

    private void checkMark(HeldTerm leadership) {
        try {
            if (dialect.markOfWork().isPresent() && !dialect.takeMark(connection)) {
                throw FenceChecks.unfit(
                        leadership.key(),
                        "a statement of the work has ended the transaction, so what came before it was committed without"
                                + " the fence or rolled back; what came after it is rolled back",
                        "do not use what commits by itself (CREATE, ALTER, DROP, TRUNCATE, LOCK TABLES, GRANT, COMMIT as"
                                + " text) in a fenced transaction, and do not go on after a deadlock");
            }
        } catch (SQLException e) {
            throw new LeaderLeaseException(
                    FenceChecks.what(leadership.key()) + "cannot tell whether the transaction is still the same: "
                            + e.getMessage(),
                    e);
        }
    }

    private void execute(List<String> settings) throws SQLException {
        if (!settings.isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                for (String setting : settings) {
                    statement.execute(setting);
                }
            }
        }
    }

    /** What the work threw, or that it was committed, matters more than how the connection goes back. */
    @Override
    public void close() {
        try {
            if (!committed) {
                connection.rollback();
            }
            if (bounded) {
                execute(dialect.afterFence());
            }
            if (isolation != -1 && connection.getTransactionIsolation() != isolation) {
                connection.setTransactionIsolation(isolation);
            }
            connection.setAutoCommit(autoCommit);
            connection.close();
        } catch (SQLException | RuntimeException e) {
            LOG.warn("a connection cannot be given back as it was, so it is broken off: {}", e.getMessage());
            breakOff(connection);
        }
    }

    private static void breakOff(Connection connection) {
        try (connection) {
            connection.abort(Runnable::run);
        } catch (SQLException | RuntimeException e) {
            LOG.debug("a broken connection cannot be closed", e);
        }
    }
}
