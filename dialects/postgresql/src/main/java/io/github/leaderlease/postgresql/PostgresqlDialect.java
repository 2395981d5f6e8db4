package io.github.leaderlease.postgresql;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** PostgreSQL 14 and later. */
public final class PostgresqlDialect implements Dialect {

    /** Our space among advisory locks; the other key is a number made from the election's name. */
    private static final int ADVISORY_SPACE = 0x4c454153;

    private static final List<String> SETTINGS =
            List.of("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "synchronous_commit");

    /** For {@link java.util.ServiceLoader}. */
    public PostgresqlDialect() {}

    @Override
    public String name() {
        return "postgresql";
    }

    @Override
    public boolean accepts(Connection connection) throws SQLException {
        return "PostgreSQL".equals(connection.getMetaData().getDatabaseProductName());
    }

    @Override
    public Optional<String> refusal(Connection connection) throws SQLException {
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
     * The cluster, its timeline (from the name of the WAL file: the control file still shows the old one for a while after
     * a promotion), and the server's start: two standbys may both be promoted to the same timeline.
     */
    @Override
    public String incarnation() {
        return "(select concat_ws('/', (select system_identifier from pg_control_system()),"
                + " substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),"
                + " cast(extract(epoch from pg_postmaster_start_time()) as text)))";
    }

    @Override
    public String openTerm(String term, String comparison) {
        return term + ".election_name " + comparison + " and " + term + ".ended_at is null";
    }

    @Override
    public Optional<String> exclusiveFence() {
        return Optional.of("select pg_advisory_xact_lock(" + ADVISORY_SPACE + ", :fence)");
    }

    @Override
    public boolean updateReturning() {
        return true;
    }

    /** A term must not be forgotten by a crash of the server after we were told that it is ours. */
    @Override
    public List<String> openConnection(Bounds bounds) {
        List<String> settings = new ArrayList<>();
        SETTINGS.forEach(setting -> settings.add(remember(setting)));
        settings.add("set lock_timeout = " + bounds.rowWait().toMillis());
        settings.add("set statement_timeout = " + bounds.call().toMillis());
        settings.add("set idle_in_transaction_session_timeout = "
                + bounds.idleInTransaction().toMillis());
        settings.add("select set_config('synchronous_commit', 'on', false)"
                + " where current_setting('synchronous_commit') = 'off'");
        return settings;
    }

    @Override
    public List<String> restoreConnection() {
        return SETTINGS.stream().map(PostgresqlDialect::recall).toList();
    }

    private static String remember(String setting) {
        return "select set_config('leader_lease." + setting + "', current_setting('" + setting + "'), false)"
                + " where coalesce(current_setting('leader_lease." + setting + "', true), '') = ''";
    }

    private static String recall(String setting) {
        return "select set_config('" + setting + "', current_setting('leader_lease." + setting + "'), false),"
                + " set_config('leader_lease." + setting + "', '', false)";
    }

    @Override
    public Failure classify(SQLException error) {
        String state = error.getSQLState() == null ? "" : error.getSQLState();
        return switch (state) {
            case "57014", "55P03" -> Failure.BLOCKED;
            case "40001", "40P01" -> Failure.CONFLICT;
            // 55000: a standby has no current position in the WAL
            case "25006", "55000" -> Failure.READ_ONLY;
            case "42P01", "42703", "3F000" -> Failure.SCHEMA;
            case "42501" -> Failure.DENIED;
            case "25P03", "53300", "57P01", "57P02", "57P03" -> Failure.UNAVAILABLE;
            default ->
                state.startsWith("08") ? Failure.UNAVAILABLE : state.startsWith("28") ? Failure.DENIED : Failure.OTHER;
        };
    }

    @Override
    public boolean duplicateKey(SQLException error) {
        return "23505".equals(error.getSQLState());
    }
}
