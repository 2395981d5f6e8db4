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
     * Where the server looks for a table whose name says no schema, on this connection.
     *
     * @return a query for the names of schemas that exist and may be used, the first place first
     */
    String searchPath();

    /**
     * What is called like our tables in one schema.
     *
     * @param names how many names are asked for
     * @return a query with the parameters schema and that many names in lower case, for the name as the server keeps it and
     *     its kind: {@code table} for an ordinary table that survives a crash of the server, else what it is, such as
     *     {@code view}
     */
    String relations(int names);

    /**
     * Tables that a connection does not lead to, for people.
     *
     * @return a query with the name of the lease table in lower case as its parameter, for texts such as
     *     {@code one in schema app, which is not on the search path}; empty if this database cannot tell
     */
    default Optional<String> tablesElsewhere() {
        return Optional.empty();
    }

    /**
     * What the name of a schema is quoted with, in every session.
     *
     * @return one character
     */
    default String identifierQuote() {
        return "\"";
    }

    /**
     * What keeps a user from a table that the statements of a probe cannot name.
     *
     * @return a query with the parameters schema and table, as the server keeps them, for sentences with the remedy; empty
     *     if an error always names the right that is missing
     */
    default Optional<String> obstacles() {
        return Optional.empty();
    }

    /**
     * The database and its server, which tell a copy of a database from the original.
     *
     * @return a query for one text such as {@code database app at 10.0.0.7:5432}; for people
     */
    String place();

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
     * This life of the database: changes at a failover, and never comes back unless there is a {@link #sessionMark}.
     *
     * @return an SQL expression of a character type, at most 200 long
     */
    String incarnation();

    /**
     * Whether the server takes no writes, or only those of privileged users: a replica, or a primary that was demoted. Its
     * rows may be old, so nobody acts on them.
     *
     * @return an SQL expression, 1 if so and 0 if not
     */
    default String refusesWrites() {
        return "0";
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

    /**
     * Finds an election's open term through the index that allows only one.
     *
     * @param term the alias of the term table
     * @param comparison how its election name compares, such as {@code = n.election_name}
     * @return an SQL condition
     */
    String openTerm(String term, String comparison);

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
     * Whether there are servers or transactions of this product in which a fence has to update the term's row
     * ({@link #fencesByTouch}, {@link #insideXa}), so that the column for it must be there.
     *
     * @return true if so
     */
    default boolean mayFenceByTouch() {
        return false;
    }

    /**
     * Whether this server does not respect the shared side everywhere, such as in a cluster that replicates writes but no
     * locks, so that each fence has to update the term's row instead.
     *
     * @return true if so
     */
    default boolean fencesByTouch() {
        return false;
    }

    /**
     * Whether a transaction belongs to an XA branch in which the shared side would not survive the prepare, or a crash
     * after it, so that this fence has to update the term's row instead.
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

    /**
     * Arrays as a table, so that thousands of leases travel in one statement; for databases where an UPDATE can also tell
     * which rows it changed.
     *
     * @param columns the columns, each a name and {@code text} or {@code bigint}; each is bound to an array parameter of
     *     its name
     * @return a table expression without an alias, its texts comparable with the columns of our tables; empty if the store
     *     has to send lists in chunks and select for update first
     */
    default Optional<String> arrays(List<String> columns) {
        return Optional.empty();
    }

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
     * Settings for our own connections. They are executed again when the bounds change, so what they remember of the
     * settings before must be remembered once.
     *
     * @param timeouts what the server shall enforce
     * @return statements to execute one by one after connecting
     */
    List<String> openConnection(Timeouts timeouts);

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
     *     {@link Timeouts}), its answer of no interest; or empty if {@link #openConnection} has to do
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
    default List<String> beforeTransaction(Timeouts timeouts) {
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
    default Optional<Sessions> sessions() {
        return Optional.empty();
    }

    /**
     * Queries about sessions of the server.
     *
     * @param own the session that asks: one text
     * @param busy how many others, of those in the list parameter {@code <sessions>}, still wait for what nothing ends
     */
    record Sessions(String own, String busy) {}

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
