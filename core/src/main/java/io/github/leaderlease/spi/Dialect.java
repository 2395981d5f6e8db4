package io.github.leaderlease.spi;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How one database product spells what the protocol needs: expressions, settings and error codes, no behaviour. Found by
 * {@link java.util.ServiceLoader}; implementations are stateless and safe for any thread.
 */
public interface Dialect {

    /**
     * The name of the folder that holds this database's migration.
     *
     * @return such as {@code postgresql}
     */
    String name();

    /**
     * Whether this is the dialect for the server behind a connection.
     *
     * @param connection an open connection, to be left as it is
     * @return true if so
     * @throws SQLException if the server cannot be asked
     */
    boolean accepts(Connection connection) throws SQLException;

    /**
     * Why the server cannot be used although it is of this product, such as its age.
     *
     * @param connection an open connection, to be left as it is
     * @return a sentence with the version found and the one needed, or empty if all is well
     * @throws SQLException if the server cannot be asked
     */
    Optional<String> refusal(Connection connection) throws SQLException;

    /**
     * This dialect fitted to what one server can do.
     *
     * @param connection an open connection that is accepted, to be left as it is
     * @return this, or a variant of it
     * @throws SQLException if the server cannot be asked
     */
    default Dialect fitted(Connection connection) throws SQLException {
        return this;
    }

    /**
     * What an operator should know about the way this connection was set up, although it works.
     *
     * @param connection an open connection, to be left as it is
     * @param url the JDBC URL that it was opened with, or null if a DataSource hides it
     * @param bound how long one call may take at most
     * @return sentences with the values found and the remedy; empty if all is well
     * @throws SQLException if the server cannot be asked
     */
    default List<String> warnings(Connection connection, @Nullable String url, Duration bound) throws SQLException {
        return List.of();
    }

    /**
     * The database's current time, advancing at least from transaction to transaction, independent of the session's time zone.
     *
     * @return an SQL expression of the type of the timestamp columns
     */
    String now();

    /**
     * The database's current time plus a number of milliseconds.
     *
     * @param millis an SQL expression
     * @return an SQL expression of the type of the timestamp columns
     */
    String nowPlusMillis(String millis);

    /**
     * A timestamp as a number, so that no driver's idea of time zones takes part.
     *
     * @param timestamp an SQL expression of the type of the timestamp columns
     * @return an SQL expression for whole milliseconds since the epoch
     */
    String epochMillis(String timestamp);

    /**
     * This life of the database: changes at a failover and never comes back.
     *
     * @return an SQL expression of a character type, at most 200 long
     */
    String incarnation();

    /**
     * Finds an election's open term through the index that allows only one.
     *
     * @param term the alias of the term table
     * @param comparison how its election name compares, such as {@code = n.election_name}
     * @return an SQL condition
     */
    String openTerm(String term, String comparison);

    /**
     * Takes the exclusive side of the fence for one election until the transaction ends, if this database fences by
     * something else than the term's row.
     *
     * @return a statement with the parameter {@code :fence} (a number made from the election's name), or empty
     */
    default Optional<String> exclusiveFence() {
        return Optional.empty();
    }

    /**
     * Whether UPDATE can tell which rows it changed, so that all leases are renewed in a single statement.
     *
     * @return false if the store has to select for update first
     */
    default boolean updateReturning() {
        return false;
    }

    /**
     * Settings for our own connections. May be executed again with other bounds, so what they remember of the settings
     * before must be remembered once.
     *
     * @param bounds what the server shall enforce
     * @return statements to execute one by one after connecting
     */
    List<String> openConnection(Bounds bounds);

    /**
     * Undoes {@link #openConnection}, for a connection that goes back to a pool.
     *
     * @return statements to execute one by one
     */
    List<String> restoreConnection();

    /**
     * Settings just before a transaction of ours that locks rows, where a server can bound an idle transaction only by
     * bounding every idle connection.
     *
     * @param bounds what the server shall enforce
     * @return statements to execute one by one, outside a transaction
     */
    default List<String> beforeTransaction(Bounds bounds) {
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
     * How long things may take on one of our connections.
     *
     * @param call one call; what takes longer has failed
     * @param rowWait waiting for another transaction's end within a call
     * @param idleInTransaction a transaction of ours standing idle, so that a process that freezes in the middle of one
     *     does not hold up the others
     */
    record Bounds(Duration call, Duration rowWait, Duration idleInTransaction) {}

    /**
     * What an error means.
     *
     * @param error the driver's exception
     * @return its kind
     */
    LeaseStoreException.Failure classify(SQLException error);

    /**
     * Whether an error says that a row with the same key is there already.
     *
     * @param error the driver's exception
     * @return true if so
     */
    boolean duplicateKey(SQLException error);
}
