package io.github.leaderlease.spi;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How one database product lets a transaction of the user commit only while its writer leads: who fences holds the shared side
 * of something, and whoever ends the term needs its exclusive side. Part of {@link Dialect}.
 */
interface DialectFence {

    /**
     * Takes the exclusive side of the fence for one election until the transaction ends, if the update that ends the
     * term would not do so by itself or would wait too long.
     *
     * @param term the term table
     * @param wait how long to wait for the fences in flight; beyond it the statement fails as
     *     {@link LeaseStoreException.Failure#BLOCKED}
     * @return a statement with any of the parameters {@code :fence} (a number made from the election's name),
     *     {@code :election} and {@code :wait} (the wait once more, in milliseconds, for dialects that can bind it: a text
     *     that is always the same is prepared once), or empty
     */
    default Optional<String> exclusiveFence(String term, Duration wait) {
        return Optional.empty();
    }

    /**
     * Takes the exclusive side of the fence of many elections until the transaction ends, without waiting for any.
     *
     * @return a query with the array parameters {@code :election} and {@code :fence} (numbers made from the names) for the
     *     names of those elections for which it was granted; empty if the store has to open terms one by one
     */
    default Optional<String> exclusiveFences() {
        return Optional.empty();
    }

    /**
     * Takes the shared side of the fence until the transaction ends and then looks at the term: never in one statement
     * whose snapshot may be older than the lock. Must work at every isolation level.
     *
     * @param term the term table
     * @return a text to prepare on the user's connection, with any of the parameters {@code :fence}, {@code :election},
     *     {@code :token}, {@code :holder} and {@code :idle} (milliseconds that the transaction may stand idle). One of its
     *     results starts with a column {@code term_open} and has at most one row, of numbers {@code term_open},
     *     {@code read_only} (whether the transaction cannot write), text {@code end_reason} and number {@code ended_ms}
     */
    String sharedFence(String term);

    /**
     * When the shared side would not hold until the commit, so that a fence has to update the term's row instead.
     *
     * @return unless it is never, the column for it must be there
     */
    default Dialect.TouchFence touchFence() {
        return Dialect.TouchFence.NEVER;
    }

    /**
     * Whether a transaction belongs to an XA branch.
     *
     * @param connection the user's, in a transaction that must go on unharmed
     * @return true if so
     * @throws SQLException if the server cannot be asked
     */
    default boolean insideXa(Connection connection) throws SQLException {
        return false;
    }

    /**
     * Whether a fence that was taken on a connection is still held, because its transaction has not ended.
     *
     * @param connection the user's
     * @return true if so
     * @throws SQLException if the server cannot be asked
     */
    boolean insideTransaction(Connection connection) throws SQLException;

    /**
     * Leaves a mark on the transaction that is open on a connection, or begins one in the way of the product. The mark goes
     * with the transaction, and harms nothing that is done before or after it.
     *
     * @param connection perhaps in the middle of somebody else's transaction; autocommit is off
     * @throws SQLException if the server refuses
     */
    void leaveMark(Connection connection) throws SQLException;

    /**
     * Whether the transaction that was marked is still open on a connection. Takes the mark away.
     *
     * @param connection as after {@link #leaveMark}, with nothing done in between; or after {@link #markOfWork} and the work
     * @return true if it is the same transaction
     * @throws SQLException if the server cannot be asked
     */
    boolean takeMark(Connection connection) throws SQLException;

    /**
     * Marks a transaction of ours before the work, where there are statements that end a transaction by the way (DDL on
     * MySQL and MariaDB) and {@link #takeMark} shows it without undoing what came after.
     *
     * @return a statement, or empty
     */
    default Optional<String> markOfWork() {
        return Optional.empty();
    }

    /**
     * Settings right before a fence and its commit, where a transaction cannot bound its own idle time by the fence itself.
     *
     * @param idle how long the session may stand idle
     * @return statements to execute one by one
     */
    default List<String> beforeFence(Duration idle) {
        return List.of();
    }

    /**
     * Undoes {@link #beforeFence}.
     *
     * @return statements to execute one by one, after the transaction
     */
    default List<String> afterFence() {
        return List.of();
    }

    /**
     * Who holds the shared side of an election's fence.
     *
     * @param term the term table
     * @return a query with any of the parameters {@code :fence} and {@code :election} for one column of texts such as
     *     {@code session 4711 (user app)}; empty if this database cannot tell
     */
    default Optional<String> fenceHolders(String term) {
        return Optional.empty();
    }

    /**
     * What is missing when {@link #fenceHolders} is refused.
     *
     * @return such as {@code grant process on *.*}
     */
    default String fenceHoldersPrivilege() {
        return "";
    }
}
