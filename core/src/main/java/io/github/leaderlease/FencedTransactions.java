package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Transactions that commit only if their term is still open: begins, does the work, fences, commits; rolls back whatever
 * fails. The connection goes back with the settings that it came with.
 *
 * <p>Immutable and thread-safe. Nothing is repeated unless {@link #maxAttempts} says that it may be.
 */
public final class FencedTransactions {

    private static final int MAX_ATTEMPTS = 100;
    private static final Set<Integer> LEVELS = Set.of(
            Connection.TRANSACTION_READ_UNCOMMITTED,
            Connection.TRANSACTION_READ_COMMITTED,
            Connection.TRANSACTION_REPEATABLE_READ,
            Connection.TRANSACTION_SERIALIZABLE);

    private final Fences fences;
    private final ConnectionSource connections;
    private final @Nullable Integer isolation;
    private final int attempts;

    FencedTransactions(Fences fences, ConnectionSource connections) {
        this(fences, connections, null, 1);
    }

    private FencedTransactions(Fences fences, ConnectionSource connections, @Nullable Integer isolation, int attempts) {
        this.fences = fences;
        this.connections = connections;
        this.isolation = isolation;
        this.attempts = attempts;
    }

    /**
     * Takes connections from somewhere else than the coordinator does. A coordinator that was built with a URL opens a
     * new connection for each transaction, so there a pool is worth giving.
     *
     * @param dataSource gives connections to the coordinator's database, which take no part in transactions that somebody
     *     else commits
     * @return a copy
     */
    public FencedTransactions dataSource(DataSource dataSource) {
        return new FencedTransactions(fences, new ConnectionSource.Pooled(dataSource), isolation, attempts);
    }

    /**
     * Runs at another isolation level than the connection has. The fence holds at all of them.
     *
     * @param level one of {@code Connection.TRANSACTION_*}
     * @return a copy
     * @throws IllegalArgumentException if it is none of these, or NONE
     */
    public FencedTransactions isolation(int level) {
        if (!LEVELS.contains(level)) {
            throw new IllegalArgumentException(
                    "isolation level " + level + " is none: use one of Connection.TRANSACTION_* but NONE");
        }
        return new FencedTransactions(fences, connections, level, attempts);
    }

    /**
     * Says that the work may be done again after a serialization failure or a deadlock, because it does nothing outside
     * the transaction that must happen only once. Such a failure leaves nothing behind in the database.
     *
     * @param most how often to try in all, 1 to 100
     * @return a copy
     */
    public FencedTransactions maxAttempts(int most) {
        if (most < 1 || most > MAX_ATTEMPTS) {
            throw new IllegalArgumentException("attempts " + most + " is out of range: use 1 to " + MAX_ATTEMPTS);
        }
        return new FencedTransactions(fences, connections, isolation, most);
    }

    /**
     * Runs one transaction. Blocks for the work, the fence and the commit.
     *
     * @param leadership the term to commit in
     * @param work what to do
     * @param <T> what the work returns
     * @param <X> what the work may throw; the transaction is rolled back then
     * @return what the work returned; the transaction is committed
     * @throws X as the work did
     * @throws NotLeaderException if the term is over; nothing was committed
     * @throws IllegalStateException if the transaction cannot be fenced, if this thread already is in a fenced
     *     transaction of this election, if the term is another coordinator's, or if the DataSource hands out the connection
     *     of a transaction that is open on this thread (JTA, Spring): then no work has run and that transaction is as it was.
     *     Also if the work has ended the transaction itself (DDL on MySQL and MariaDB); the message says what that left
     * @throws LeaderLeaseException if the database refuses. Nothing was committed, unless the message says that the
     *     outcome is unknown: then the connection broke around the commit, which has happened within this term or not at
     *     all
     */
    public <T, X extends Exception> T run(Leadership leadership, Leadership.Work<T, X> work) throws X {
        HeldTerm term = fences.own(leadership);
        String election = leadership.election();
        if (fences.holds(election) || !fences.open().begin(election)) {
            throw new IllegalStateException("already inside a fenced transaction of election '" + election
                    + "' on this thread: do all of the work in one");
        }
        try {
            for (int attempt = 1; ; attempt++) {
                term.checkValid();
                try {
                    return once(term, work);
                } catch (Exception e) {
                    if (attempt >= attempts || e instanceof NotLeaderException || !isConflict(e)) {
                        throw e;
                    }
                }
            }
        } finally {
            fences.open().end(election);
        }
    }

    private boolean isConflict(Exception failure) {
        return Stream.<Throwable>iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(e -> e instanceof SQLException sql && fences.dialect().classify(sql) == Failure.CONFLICT);
    }

    private <T, X extends Exception> T once(HeldTerm leadership, Leadership.Work<T, X> work) throws X {
        Borrowing borrowing = new Borrowing(connections, fences, leadership);
        try (FencedConnection connection = FencedConnection.begin(borrowing, isolation)) {
            T result = work.run(connection.guarded());
            connection.commit(leadership, fences);
            return result;
        }
    }
}
