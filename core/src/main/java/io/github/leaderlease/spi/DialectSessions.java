package io.github.leaderlease.spi;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What sessions of one database product are set to, and what becomes of those that were given up. Part of {@link Dialect}. */
interface DialectSessions {

    /**
     * Options of the driver for connections that are made for us, so that connecting ends: a server may accept and never
     * answer. Asked before anything is known but the URL.
     *
     * @param url the JDBC URL, perhaps of another database
     * @return options, used unless the URL sets them; empty if the URL is another database's
     */
    default Map<String, String> connectOptions(String url) {
        return Map.of();
    }

    /**
     * Breaks one of our own connections off, so that a call that hangs on it returns, and the server learns that nobody is
     * there any more. Any thread. Also for one that the driver takes for closed since it broke: a driver may have forgotten its
     * socket, and then the session goes on with what it has locked.
     *
     * @param connection that this dialect was {@linkplain Dialect#forStore fitted} to
     * @throws SQLException if the driver cannot
     */
    default void abort(Connection connection) throws SQLException {
        connection.abort(Runnable::run);
    }

    /**
     * Settings for our own connections. They are executed again when the bounds change, so what they remember of the
     * settings before must be remembered once.
     *
     * @param timeouts what the server shall enforce
     * @return statements to execute one by one after connecting
     */
    List<String> openConnection(Dialect.Timeouts timeouts);

    /**
     * Undoes {@link #openConnection}, for a connection that goes back to a pool.
     *
     * @return statements to execute one by one
     */
    List<String> restoreConnection();

    /**
     * Settings that end with the transaction that they are made in, where a database has such. They belong to nobody else,
     * even where a pooler shares the session. They begin each transaction of ours, and each single statement of ours, with
     * which they are sent in one: who waits for a lock on the table waits before the statement itself can say anything.
     *
     * @return a query with the parameters {@code :call}, {@code :rowWait} and {@code :idle} (milliseconds, as in
     *     {@link Dialect.Timeouts}), its answer of no interest; or empty if {@link #openConnection} has to do
     */
    default Optional<String> transactionBounds() {
        return Optional.empty();
    }

    /**
     * Settings just before a transaction of ours that locks rows, where a server can bound an idle transaction only by
     * bounding every idle connection.
     *
     * @param timeouts what the server shall enforce
     * @return statements to execute one by one, outside a transaction
     */
    default List<String> beforeTransaction(Dialect.Timeouts timeouts) {
        return List.of();
    }

    /**
     * Undoes {@link #beforeTransaction}.
     *
     * @return statements to execute one by one, outside a transaction
     */
    default List<String> afterTransaction() {
        return List.of();
    }

    /**
     * Asks the server to end what it is doing for a connection, where its own bounds do not end everything. Any thread,
     * while another one waits for the answer.
     *
     * @param connection ours, given up
     * @return whether the server can be expected to answer soon; false if it was not reached
     * @throws SQLException if it was not reached
     */
    default boolean cancel(Connection connection) throws SQLException {
        return true;
    }

    /**
     * How to find out whether the server is still busy for a connection that was given up, where nothing can make it stop: a
     * commit that waits for a replica.
     *
     * @return the queries; empty if {@link #cancel} or a bound of the server's ends everything
     */
    default Optional<Dialect.Sessions> sessions() {
        return Optional.empty();
    }

    /**
     * The mark of a connection, on a database whose incarnation can come back. Such an incarnation names a server, not a
     * life: after a switch-over from A to B and back it is the same as before, and A may have lost what B was told. There a
     * follower trusts only what it has seen on one connection, on which no read failed and none was refused.
     *
     * @return an SQL expression for the text that {@link #markSession} has given to this connection, null on any other;
     *     empty if an incarnation never comes back
     */
    default Optional<String> sessionMark() {
        return Optional.empty();
    }

    /**
     * Marks a connection so that {@link #sessionMark} finds the mark again for as long as the session lasts.
     *
     * @param mark a text of hexadecimal digits and dashes
     * @return statements to execute one by one
     */
    default List<String> markSession(String mark) {
        return List.of();
    }
}
