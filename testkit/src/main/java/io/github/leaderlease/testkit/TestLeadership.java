package io.github.leaderlease.testkit;

import io.github.leaderlease.Leadership;
import io.github.leaderlease.NotLeaderException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A term for tests of one's own jobs and listeners: valid until {@link #end()}. Nobody else takes part, so it proves nothing
 * about elections: two of the same election are both valid. Thread-safe.
 */
public final class TestLeadership implements Leadership {

    private static final String HOLDER = "0123456789abcdef0123456789abcdef";

    private final String election;
    private final long fencingToken;
    private final @Nullable DataSource dataSource;
    private volatile boolean ended;

    private TestLeadership(String election, long fencingToken, @Nullable DataSource dataSource) {
        this.election = election;
        this.fencingToken = fencingToken;
        this.dataSource = dataSource;
    }

    /**
     * A term without a database.
     *
     * @param election the election's name
     * @param fencingToken the term's number
     * @return valid
     */
    public static TestLeadership of(String election, long fencingToken) {
        return new TestLeadership(election, fencingToken, null);
    }

    /**
     * The same term, still valid, with a database for {@link #inTransaction}.
     *
     * @param connections where its transactions are run
     * @return a copy
     */
    public TestLeadership on(DataSource connections) {
        return new TestLeadership(election, fencingToken, connections);
    }

    /** The term is over, as if the lease had run out: from now on it is invalid, and fences throw. */
    public void end() {
        ended = true;
    }

    @Override
    public String election() {
        return election;
    }

    @Override
    public String node() {
        return "test";
    }

    @Override
    public long fencingToken() {
        return fencingToken;
    }

    @Override
    public String holderId() {
        return HOLDER;
    }

    @Override
    public Instant startedAt() {
        return Instant.EPOCH;
    }

    @Override
    public boolean isValid() {
        return !ended;
    }

    @Override
    public Duration remaining() {
        return ended ? Duration.ZERO : Duration.ofSeconds(9);
    }

    /**
     * Runs the work in a transaction and commits if the term has not been ended by then; rolls back otherwise.
     *
     * @throws NotLeaderException if the term was ended before the commit
     * @throws IllegalStateException if there is no database ({@link #on}), or it fails
     */
    @Override
    public <T, X extends Exception> T inTransaction(Work<T, X> work) throws X {
        if (dataSource == null) {
            throw new IllegalStateException("this term has no database: give it one with on(dataSource)");
        }
        checkValid();
        Connection connection = begin(dataSource);
        T result;
        try {
            result = work.run(connection);
            checkValid();
        } catch (Exception e) {
            end(connection, false);
            throw e;
        }
        end(connection, true);
        return result;
    }

    private static Connection begin(DataSource from) {
        try {
            Connection connection = from.getConnection();
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static void end(Connection transaction, boolean commit) {
        try (transaction) {
            if (commit) {
                transaction.commit();
            } else {
                transaction.rollback();
            }
            transaction.setAutoCommit(true);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static IllegalStateException failed(SQLException e) {
        return new IllegalStateException("the test's database failed: " + e.getMessage(), e);
    }

    /**
     * Checks what a fence checks without asking the database.
     *
     * @throws NotLeaderException if the term was ended
     * @throws IllegalStateException if the connection is in autocommit mode or closed
     */
    @Override
    public void fence(Connection connection) {
        checkValid();
        try {
            if (connection.isClosed() || connection.getAutoCommit()) {
                throw new IllegalStateException("a fence needs a transaction: an open connection without autocommit");
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private void checkValid() {
        if (ended) {
            throw new NotLeaderException(this);
        }
    }
}
