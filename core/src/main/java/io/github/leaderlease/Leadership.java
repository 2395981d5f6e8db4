package io.github.leaderlease;

import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;

/**
 * One term of this node: the handle to ask whether it still leads, and the way to writes that are committed only if it does.
 *
 * <p>All methods may be called from any thread. Those that only ask are wait-free and do no I/O. Once {@link #isValid()} has
 * returned false it never returns true again. It does <em>not</em> promise that the answer is still true when the caller acts
 * on it: for writes to the same database use {@link #inTransaction}; for effects elsewhere send the {@link #fencingToken()}
 * along and let the receiver refuse smaller ones.
 *
 * <p>An interface to call, not to implement: methods may be added, and a coordinator fences no term but its own. Tests of
 * one's own code make one with {@code TestLeadership} of the test kit.
 */
public interface Leadership {

    /**
     * What to do in a fenced transaction.
     *
     * @param <T> what it returns
     * @param <X> what it may throw
     */
    @FunctionalInterface
    interface Work<T, X extends Exception> {

        /**
         * Does the work. Called on the caller's thread; once, unless it was said to be repeatable.
         *
         * @param connection in a transaction. It must not be committed, rolled back or kept beyond the return
         *     (nor through {@code Statement.getConnection()}, which is not guarded); savepoints and
         *     {@code unwrap} work as usual
         * @return the result
         * @throws X makes the transaction roll back
         */
        T run(Connection connection) throws X;
    }

    /**
     * The election that was won.
     *
     * @return its name
     */
    String election();

    /**
     * The name of this node.
     *
     * @return as the coordinator was built with
     */
    String node();

    /**
     * The term's number: larger than that of any earlier term of this election.
     *
     * @return the fencing token
     */
    long fencingToken();

    /**
     * The random identity under which this term is held, for a worker that fences on behalf of this one.
     *
     * @return 32 hexadecimal digits
     */
    String holderId();

    /**
     * When this node asked for the lease, by its own clock; for people.
     *
     * @return the start of the term
     */
    Instant startedAt();

    /**
     * Whether this node still leads in this term.
     *
     * @return true only while no other node can lead
     */
    boolean isValid();

    /**
     * How long this term stays valid if no further renewal succeeds.
     *
     * @return zero if the term is over
     */
    Duration remaining();

    /**
     * Runs a transaction that commits only if this term is still open; once, on a connection of the coordinator's DataSource
     * or URL. Whatever the clocks do, however long this process is stopped in between. Blocks for the work, the fence and the
     * commit. {@link LeaseCoordinator#fencedTransactions} offers another isolation level, another DataSource, and
     * repetition.
     *
     * @param work what to do; must neither commit nor roll back
     * @param <T> what the work returns
     * @param <X> what the work may throw; the transaction is rolled back then
     * @return what the work returned; the transaction is committed
     * @throws X as the work did
     * @throws NotLeaderException if the term is over; nothing was committed
     * @throws IllegalStateException if the connection is not ours to commit, such as inside JTA; see
     *     {@link FencedTransactions#run}
     * @throws LeaderLeaseException if the database refuses; see {@link FencedTransactions#run}
     */
    <T, X extends Exception> T inTransaction(Work<T, X> work) throws X;

    /**
     * Makes the commit of a transaction of one's own depend on this term: it commits before the next term begins, or not at
     * all. Call it last, right before the commit, with no savepoint around or after it: rolling back to a savepoint gives the
     * fence away. {@link #inTransaction} does it right by itself.
     *
     * <p>It locks against the takeover until the transaction ends, so commit at once. Blocks for one round trip (MySQL and
     * MariaDB: two), and while a takeover is in progress. On PostgreSQL the server ends the transaction if it stands idle for
     * longer than TTL/3 (1 to 10 s) after this, so that a vanished process cannot keep the next leader waiting; elsewhere only
     * {@link #inTransaction} bounds that.
     *
     * @param connection a transaction on the coordinator's database, autocommit off; the one that did the work
     * @throws NotLeaderException if the term is over; roll back. Once the database has confirmed it, this term has ended
     * @throws IllegalStateException if the connection cannot be fenced: closed, in autocommit, read-only, or on another
     *     database; roll back
     * @throws LeaderLeaseException if the database refuses or cannot be reached; the transaction is not fenced, roll back
     */
    void fence(Connection connection);
}
