package io.github.leaderlease.spi;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How one database product spells what the protocol needs: expressions, settings and error codes, no behaviour. Found by
 * {@link java.util.ServiceLoader}; implementations are stateless and safe for any thread.
 */
public interface Dialect extends DialectCatalog, DialectExpressions, DialectFence, DialectSessions {

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
    boolean supports(Connection connection) throws SQLException;

    /**
     * Why the server cannot be used although it is of this product, such as its age.
     *
     * @param connection an open connection, to be left as it is
     * @return a sentence with the version found and the one needed, or empty if all is well
     * @throws SQLException if the server cannot be asked
     */
    Optional<String> unsupportedReason(Connection connection) throws SQLException;

    /**
     * This dialect fitted to what one server can do.
     *
     * @param connection an open connection that is accepted, to be left as it is
     * @return this, or a variant of it
     * @throws SQLException if the server cannot be asked
     */
    default Dialect forServer(Connection connection) throws SQLException {
        return this;
    }

    /**
     * This dialect fitted to what one of our own connections may ask its server, such as on a managed server that refuses
     * or revokes some functions.
     *
     * @param connection ours alone and in autocommit mode, so that a question may fail
     * @return this, or a variant of it
     * @throws SQLException if the server cannot be asked
     */
    default Dialect forStore(Connection connection) throws SQLException {
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
     * How this database tells its clients of changes.
     *
     * @return the way, or empty if it has none: then polling alone must do
     */
    default Optional<Notifications> notifications() {
        return Optional.empty();
    }

    /**
     * A channel on which everybody who may connect to the database can say something to everybody who listens. What is said
     * is a hint: it may get lost, and nobody knows who said it.
     */
    interface Notifications {

        /**
         * Says something after the transaction that it is about.
         *
         * @return a query with the parameters {@code :table} (the lease table, which stands for the channel) and
         *     {@code :texts} (an array)
         */
        String publish();

        /**
         * Begins to listen.
         *
         * @param connection for this alone, in autocommit mode
         * @param table the lease table
         * @throws SQLException if the server or the driver cannot
         */
        void listen(Connection connection, String table) throws SQLException;

        /**
         * Waits until something is said. Blocks.
         *
         * @param connection listens
         * @param most how long to wait
         * @return what was said; empty if nothing was
         * @throws SQLException if the connection is broken
         */
        List<String> await(Connection connection, Duration most) throws SQLException;

        /**
         * Stops to listen, for a connection that goes back to a pool.
         *
         * @param connection listens
         * @throws SQLException if the connection is broken
         */
        void unlisten(Connection connection) throws SQLException;

        /**
         * Options of the driver for a connection that is made for listening.
         *
         * @return options that a URL does not already set
         */
        default Map<String, String> options() {
            return Map.of();
        }
    }

    /**
     * How long things may take on one of our connections.
     *
     * @param call one call; what takes longer has failed
     * @param rowWait waiting for another transaction's end within a call
     * @param idleInTransaction a transaction of ours standing idle, so that a process that freezes in the middle of one
     *     does not hold up the others
     */
    record Timeouts(Duration call, Duration rowWait, Duration idleInTransaction) {

        private static final Duration MAX_ROW_WAIT = Duration.ofMillis(300);

        /**
         * Bounds that the server meets before the caller gives up: then it says what is wrong, and the connection is as
         * good as before. Other calls want to use the connection too, so rows are waited for half that time and 300 ms at
         * most.
         *
         * @param left how long the caller waits
         * @return a little less
         */
        public static Timeouts within(Duration left) {
            long whole = Math.max(2, left.toMillis());
            long call = Math.max(whole / 2, whole - Math.max(50, whole / 10));
            Duration most = Duration.ofMillis(call);
            Duration half = Duration.ofMillis(whole / 2);
            return new Timeouts(most, half.compareTo(MAX_ROW_WAIT) < 0 ? half : MAX_ROW_WAIT, most);
        }
    }

    /** When a fence has to update the term's row, because its shared side would not hold until the commit. */
    enum TouchFence {
        /** Never. */
        NEVER,
        /** In an XA branch, whose locks do not survive the prepare, or a crash after it. */
        IN_XA,
        /** Always, as in a cluster that replicates writes but no locks. */
        ALWAYS
    }

    /**
     * Queries about sessions of the server.
     *
     * @param own the session that asks: one text
     * @param busy how many are at work of those in the list parameter {@code <sessions>}
     */
    record Sessions(String own, String busy) {}

    /**
     * What an error means.
     *
     * @param error the driver's exception
     * @return its kind
     */
    LeaseStoreException.Failure classify(SQLException error);

    /**
     * What helps against an error that comes from a setting of the server or of something before it.
     *
     * @param error the driver's exception
     * @return the setting and the remedy, to stand after the driver's message; empty for all other errors
     */
    default Optional<String> remedy(SQLException error) {
        return Optional.empty();
    }

    /**
     * Whether an error says that a row with the same key is there already.
     *
     * @param error the driver's exception
     * @return true if so
     */
    boolean duplicateKey(SQLException error);
}
