package io.github.leaderlease.postgresql;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postgresql.PGConnection;

/** PostgreSQL 14 and later. */
public final class PostgresqlDialect implements PostgresqlCatalog, PostgresqlFence {

    /** What takes longer has met the driver's bound. */
    private static final Duration CANCELLED = Duration.ofSeconds(1);

    /** The cluster. */
    private static final String SYSTEM = "(select system_identifier from pg_control_system())";

    /** From the name of the WAL file: the control file still shows the old one for a while after a promotion. */
    private static final String TIMELINE = "substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)";

    /** To the microsecond. */
    private static final String STARTED = "cast(extract(epoch from pg_postmaster_start_time()) as text)";

    /** The more the better, but the server's start alone will do, see {@link #incarnation()}. */
    private static final List<String> LIVES =
            List.of(life(SYSTEM + ", " + TIMELINE + ", " + STARTED), life(SYSTEM + ", " + STARTED), life(STARTED));

    /**
     * A function that is revoked, missing or not supported; and Amazon Aurora, whose writer says of the WAL's position what
     * elsewhere only a standby says.
     */
    private static final Set<String> CANNOT_TELL = Set.of("42501", "42883", "0A000", "55000");

    private final String incarnation;

    /** For {@link java.util.ServiceLoader}. */
    public PostgresqlDialect() {
        this(LIVES.get(0));
    }

    private PostgresqlDialect(String incarnation) {
        this.incarnation = incarnation;
    }

    /** A standby has no position in the WAL, and nobody acts on what it shows. */
    private static String life(String parts) {
        return "(select case when pg_is_in_recovery() then 'standby' else concat_ws('/', " + parts + ") end)";
    }

    @Override
    public String name() {
        return "postgresql";
    }

    @Override
    public boolean supports(Connection connection) throws SQLException {
        return "PostgreSQL".equals(connection.getMetaData().getDatabaseProductName());
    }

    @Override
    public Optional<String> unsupportedReason(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select version()")) {
            row.next();
            String version = row.getString(1);
            if (!version.startsWith("PostgreSQL ") || version.contains("-YB-")) {
                return Optional.of("the server speaks PostgreSQL's protocol but is '" + version
                        + "': its locks and isolation are not PostgreSQL's, so it is not supported");
            }
        }
        int major = connection.getMetaData().getDatabaseMajorVersion();
        return major >= 14
                ? Optional.empty()
                : Optional.of("PostgreSQL " + major + " is not supported: use version 14 or later");
    }

    @Override
    public String now() {
        return "clock_timestamp()";
    }

    @Override
    public String nowPlusMillis(String millis) {
        return "clock_timestamp() + cast(" + millis + " as bigint) * interval '1 millisecond'";
    }

    @Override
    public String epochMillis(String timestamp) {
        return "cast(extract(epoch from " + timestamp + ") * 1000 as bigint)";
    }

    /**
     * The server's start, for which alone it would be enough: a primary becomes a standby only by a restart, and what a
     * standby shows is refused, so one run of a server is at most one life as a primary. The cluster and the timeline tell
     * also servers apart that were started in the same microsecond, where they can be had. Two standbys may both be promoted
     * to the same timeline.
     */
    @Override
    public String incarnation() {
        return incarnation;
    }

    @Override
    public Dialect forStore(Connection connection) throws SQLException {
        for (String life : LIVES) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select " + life)) {
                row.next();
                return new PostgresqlDialect(life);
            } catch (SQLException e) {
                if (!CANNOT_TELL.contains(e.getSQLState()) || life.equals(LIVES.get(LIVES.size() - 1))) {
                    throw e;
                }
            }
        }
        return this;
    }

    @Override
    public String refusesWrites() {
        return "cast(pg_is_in_recovery() as int)";
    }

    @Override
    public String openTerm(String term, String comparison) {
        return term + ".election_name " + comparison + " and " + term + ".ended_at is null";
    }

    @Override
    public Optional<Notifications> notifications() {
        return Optional.of(new ListenNotify());
    }

    @Override
    public Optional<String> arrays(List<String> columns) {
        return Optional.of(table(columns));
    }

    static String table(List<String> columns) {
        List<String> shown = new ArrayList<>();
        List<String> arrays = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (String column : columns) {
            String name = column.substring(0, column.indexOf(' '));
            String type = column.substring(name.length() + 1);
            names.add(name);
            arrays.add("cast(:" + name + " as " + type + "[])");
            shown.add(type.equals("text") ? name + " collate \"C\" as " + name : name);
        }
        return "(select " + String.join(", ", shown) + " from unnest(" + String.join(", ", arrays) + ") as a("
                + String.join(", ", names) + "))";
    }

    /**
     * Bound to the transaction: behind PgBouncer a session is shared with others, who would not know what befell them. And a
     * term must not be forgotten by a crash of the server after we were told that it is ours.
     */
    @Override
    public Optional<String> transactionBounds() {
        return Optional.of("select " + local("lock_timeout", millis(":rowWait")) + ", "
                + local("statement_timeout", millis(":call")) + ", "
                + local("idle_in_transaction_session_timeout", millis(":idle")) + ", "
                + local(
                        "synchronous_commit",
                        "case current_setting('synchronous_commit') when 'off' then 'on'"
                                + " else current_setting('synchronous_commit') end"));
    }

    private static String local(String setting, String value) {
        return "set_config('" + setting + "', " + value + ", true)";
    }

    private static String millis(String parameter) {
        return "cast(cast(" + parameter + " as bigint) as text)";
    }

    /** The second one bounds the login, until each call has a bound of its own; the third one cancelling. In seconds. */
    @Override
    public Map<String, String> connectOptions(String url) {
        return url.startsWith("jdbc:postgresql:")
                ? Map.of("connectTimeout", "5", "socketTimeout", "5", "cancelSignalTimeout", "2")
                : Map.of();
    }

    /**
     * A commit that waits for a synchronous standby heeds no bound, and its session stays when the client goes. The driver
     * does not tell whether the server was reached, but if it was, that took no time.
     */
    @Override
    public boolean cancel(Connection connection) throws SQLException {
        long start = System.nanoTime();
        connection.unwrap(PGConnection.class).cancelQuery();
        return System.nanoTime() - start < CANCELLED.toNanos();
    }

    @Override
    public List<String> openConnection(Timeouts timeouts) {
        return List.of();
    }

    @Override
    public List<String> restoreConnection() {
        return List.of();
    }

    @Override
    public Failure classify(SQLException error) {
        String state = error.getSQLState() == null ? "" : error.getSQLState();
        return switch (state) {
            case "57014", "55P03" -> Failure.BLOCKED;
            case "40001", "40P01" -> Failure.CONFLICT;
            case "25006" -> Failure.READ_ONLY;
            case "42P01", "42703", "3F000" -> Failure.SCHEMA;
            case "42501" -> Failure.DENIED;
            // a transaction or session stood idle; too many connections; shutdown
            case "25P03", "57P05", "53300", "57P01", "57P02", "57P03" -> Failure.UNAVAILABLE;
            default ->
                remedy(error).isPresent()
                        ? Failure.OTHER
                        : state.startsWith("08")
                                ? Failure.UNAVAILABLE
                                : state.startsWith("28") ? Failure.DENIED : Failure.OTHER;
        };
    }

    /** PgBouncer's own messages have the code of any broken connection. */
    @Override
    public Optional<String> remedy(SQLException error) {
        String message = String.valueOf(error.getMessage());
        String state = String.valueOf(error.getSQLState());
        if (message.contains("statement pooling mode")) {
            return Optional.of(
                    "a pooler in statement mode cannot be used: set pool_mode = transaction, or connect to the"
                            + " database directly");
        }
        boolean prepared = state.equals("26000") || state.equals("42P05");
        return prepared
                ? Optional.of(
                        "a pooler shares server connections but not their prepared statements: add prepareThreshold=0"
                                + " to the JDBC URL, or set max_prepared_statements (PgBouncer 1.21 and later)")
                : Optional.empty();
    }

    @Override
    public boolean duplicateKey(SQLException error) {
        return "23505".equals(error.getSQLState());
    }
}
