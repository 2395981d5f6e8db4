package io.github.leaderlease.h2;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** H2 2.2.220 and later, embedded or as a server. */
public final class H2Dialect implements Dialect {

    private static final String WRITE_DELAY = "select cast(setting_value as int) from information_schema.settings"
            + " where setting_name = 'WRITE_DELAY' and database_path() is not null";

    private static final String MARK = "leader_lease_mark";
    private static final int NO_SAVEPOINT = 90063;

    private static final String UNSAFE = "select setting_name, setting_value from information_schema.settings"
            + " where (setting_name = 'LOCK_MODE' and setting_value = '0')"
            + " or (setting_name = 'IGNORECASE' and lower(setting_value) in ('true', '1'))";

    private final DriverSockets sockets;

    /** For {@link java.util.ServiceLoader}. */
    public H2Dialect() {
        this(DriverSockets.NONE);
    }

    private H2Dialect(DriverSockets sockets) {
        this.sockets = sockets;
    }

    @Override
    public String name() {
        return "h2";
    }

    @Override
    public boolean supports(Connection connection) throws SQLException {
        return "H2".equals(connection.getMetaData().getDatabaseProductName());
    }

    @Override
    public Optional<String> unsupportedReason(Connection connection) throws SQLException {
        DatabaseMetaData meta = connection.getMetaData();
        int major = meta.getDatabaseMajorVersion();
        int minor = meta.getDatabaseMinorVersion();
        boolean supported = major > 2 || (major == 2 && minor >= 2);
        return supported
                ? unsafe(connection)
                : Optional.of("H2 " + meta.getDatabaseProductVersion() + " is not supported: use 2.2.220 or later");
    }

    /** Without locks there is no fence; and where case is ignored, two elections are one. */
    private static Optional<String> unsafe(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(UNSAFE)) {
            return row.next()
                    ? Optional.of("H2's setting " + row.getString(1) + " is " + row.getString(2)
                            + ": leader-lease needs its locks and tells upper case from lower; remove it from the JDBC URL"
                            + " (IGNORECASE: before the tables are made)")
                    : Optional.empty();
        }
    }

    @Override
    public List<String> warnings(Connection connection, @Nullable String url, Duration bound) throws SQLException {
        List<String> warnings = new ArrayList<>();
        if (isRemote(connection.getMetaData().getURL()) && url == null) {
            warnings.add(networkTimeout(bound));
        }
        try (Statement statement = connection.createStatement();
                ResultSet delay = statement.executeQuery(WRITE_DELAY)) {
            if (delay.next() && delay.getInt(1) > 0) {
                warnings.add(
                        "H2 writes a commit to disk up to " + delay.getInt(1) + " ms late (WRITE_DELAY): a crash of"
                                + " the database in that time may forget a term that is being led; append ;WRITE_DELAY=0 to the"
                                + " JDBC URL");
            }
        }
        return warnings;
    }

    @Override
    public Dialect forStore(Connection connection) {
        return new H2Dialect(DriverSockets.of(connection));
    }

    @Override
    public void abort(Connection connection) throws SQLException {
        sockets.close();
    }

    private static boolean isRemote(String url) {
        return url.startsWith("jdbc:h2:tcp:") || url.startsWith("jdbc:h2:ssl:");
    }

    /** H2 ignores the network timeout that JDBC sets; only this option works. */
    @Override
    public Map<String, String> connectOptions(String url) {
        return isRemote(url) ? Map.of("NETWORK_TIMEOUT", "5000") : Map.of();
    }

    /** No connection tells what it was opened with. */
    private static String networkTimeout(Duration bound) {
        return "H2 server: cannot tell whether this DataSource has a network timeout. Without one, a call hangs far beyond"
                + " the " + bound.toMillis()
                + " ms that it may take when the network swallows an answer, and its thread"
                + " with it: append ;NETWORK_TIMEOUT=" + bound.toMillis() + " to the JDBC URL";
    }

    /** The current schema, then the path that SCHEMA_SEARCH_PATH sets, which H2 tells as one text of quoted names. */
    @Override
    public String searchPath() {
        return "select p.S from (select 0 as N, current_schema as S union all"
                + " select r.I, trim(both '\"' from regexp_substr(current_path, '\"[^\"]+\"', 1, cast(r.I as int)))"
                + " from system_range(1, 20) r(I)) p where p.S is not null order by p.N";
    }

    /** The variants in upper and lower case, too, and synonyms. The names are as H2 has them, in every mode. */
    @Override
    public String relations(int names) {
        String asked =
                IntStream.rangeClosed(2, names + 1).mapToObj(i -> "?" + i).collect(Collectors.joining(", "));
        return "select TABLE_NAME, case when TABLE_TYPE = 'BASE TABLE' and STORAGE_TYPE in ('CACHED', 'MEMORY') then 'table'"
                + " when TABLE_TYPE = 'BASE TABLE' then lower(STORAGE_TYPE) else lower(TABLE_TYPE) end"
                + " from INFORMATION_SCHEMA.TABLES where TABLE_SCHEMA = ?1 and lower(TABLE_NAME) in (" + asked + ")"
                + " union all select SYNONYM_NAME, 'synonym' from INFORMATION_SCHEMA.SYNONYMS where SYNONYM_SCHEMA = ?1"
                + " and lower(SYNONYM_NAME) in (" + asked + ")";
    }

    @Override
    public Optional<String> tablesElsewhere() {
        return Optional.of("select 'one in schema ' || TABLE_SCHEMA from INFORMATION_SCHEMA.TABLES"
                + " where lower(TABLE_NAME) = ? order by 1 fetch first 5 rows only");
    }

    @Override
    public String place() {
        return "select 'database ' || coalesce(database_path(), database())";
    }

    @Override
    public String now() {
        return "current_timestamp(3)";
    }

    @Override
    public String nowPlusMillis(String millis) {
        return "dateadd(millisecond, cast(" + millis + " as bigint), current_timestamp(3))";
    }

    @Override
    public String epochMillis(String timestamp) {
        return "cast(extract(epoch from " + timestamp + ") * 1000 as bigint)";
    }

    /** H2 has no failover: there is one server, or none, so there is no other life for its rows to belong to. */
    @Override
    public String incarnation() {
        return "'h2'";
    }

    @Override
    public String openTerm(String term, String comparison) {
        return term + ".open_election " + comparison;
    }

    /** So that several stuck fences can share the time that they may take. */
    @Override
    public Optional<String> exclusiveFence(String term, Duration wait) {
        return Optional.of("select token from " + term + " where open_election = :election for update wait "
                + BigDecimal.valueOf(wait.toMillis(), 3).toPlainString());
    }

    /** H2 has no shared row locks, so the fences of one leader queue behind each other. */
    @Override
    public String sharedFence(String term) {
        return "select case when ended_at is null then 1 else 0 end as term_open, 0 as read_only, end_reason, "
                + epochMillis("ended_at") + " as ended_ms from " + term
                + " where election_name = :election and token = :token and holder_id = :holder for update";
    }

    @Override
    public boolean insideTransaction(Connection connection) throws SQLException {
        String question =
                "select contains_uncommitted from information_schema.sessions where session_id = session_id()";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            return row.next() && row.getBoolean(1);
        }
    }

    @Override
    public void leaveMark(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("savepoint " + MARK);
        }
    }

    /** H2 can only go back to a savepoint, not ask for it. */
    @Override
    public boolean takeMark(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("rollback to savepoint " + MARK);
            return true;
        } catch (SQLException e) {
            if (e.getErrorCode() == NO_SAVEPOINT) {
                return false;
            }
            throw e;
        }
    }

    /** H2 tells who has written, but not what; and only to an administrator. */
    @Override
    public Optional<String> fenceHolders(String term) {
        return Optional.of("select 'probably session ' || session_id || ' (user ' || user_name || ')'"
                + " from information_schema.sessions where contains_uncommitted and session_id != session_id()");
    }

    @Override
    public List<String> openConnection(Timeouts timeouts) {
        return List.of(
                "set @leader_lease_lock_timeout = coalesce(@leader_lease_lock_timeout, lock_timeout())",
                "set lock_timeout " + timeouts.rowWait().toMillis());
    }

    @Override
    public List<String> restoreConnection() {
        return List.of("set lock_timeout @leader_lease_lock_timeout", "set @leader_lease_lock_timeout = null");
    }

    @Override
    public Failure classify(SQLException error) {
        return switch (error.getErrorCode()) {
            case 50200, 57014 -> Failure.BLOCKED;
            case 40001, 90131 -> Failure.CONFLICT;
            case 90097 -> Failure.READ_ONLY;
            case 42102, 42103, 42104, 42122, 90079 -> Failure.SCHEMA;
            case 90096, 28000 -> Failure.DENIED;
            case 90067, 90098, 90121 -> Failure.UNAVAILABLE;
            default ->
                error.getSQLState() != null && error.getSQLState().startsWith("08")
                        ? Failure.UNAVAILABLE
                        : Failure.OTHER;
        };
    }

    @Override
    public boolean duplicateKey(SQLException error) {
        return error.getErrorCode() == 23505;
    }
}
