package io.github.leaderlease.mysql;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What MySQL and MariaDB have in common. */
abstract sealed class MysqlFamily implements Dialect permits MysqlDialect, MariadbDialect {

    private static final String MARK = "leader_lease_mark";
    private static final int NO_SAVEPOINT = 1305;

    @Override
    public final String name() {
        return "mysql";
    }

    /** Connector/J calls a MariaDB server "MySQL", and MariaDB's driver a MySQL server so: only the version tells. */
    static boolean isFamily(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return "MySQL".equals(product) || "MariaDB".equals(product);
    }

    static String version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select version()")) {
            row.next();
            return row.getString(1);
        }
    }

    /** A variable of the server, or an empty text where there is none of this name. */
    static String variable(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show global variables like '" + name + "'")) {
            return row.next() ? row.getString(2) : "";
        }
    }

    /** With anything but 1 a crash of the server may forget commits, among them a term that is being led. */
    static List<String> durability(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select @@innodb_flush_log_at_trx_commit")) {
            row.next();
            int flush = row.getInt(1);
            return flush == 1
                    ? List.of()
                    : List.of("innodb_flush_log_at_trx_commit is " + flush + ": a crash of the server may forget a term"
                            + " that is being led; set it to 1");
        }
    }

    @Override
    public final String searchPath() {
        return "select database()";
    }

    /** The variants in upper and lower case, too: where the server tells them apart they would be two sets. */
    @Override
    public final String relations(int names) {
        return "select table_name, case when table_type = 'BASE TABLE' and engine = 'InnoDB' then 'table'"
                + " when table_type = 'BASE TABLE' then concat('table of the engine ', coalesce(engine, 'unknown'))"
                + " else lower(table_type) end from information_schema.tables where table_schema = ? and lower(table_name) in ("
                + String.join(", ", Collections.nCopies(names, "?")) + ")";
    }

    @Override
    public final Optional<String> tablesElsewhere() {
        return Optional.of("select concat('one in the database ', table_schema) from information_schema.tables"
                + " where lower(table_name) = ? order by 1 limit 5");
    }

    /** Also where the session takes double quotes for something else. */
    @Override
    public final String identifierQuote() {
        return "`";
    }

    @Override
    public final String place() {
        return "select concat('database ', coalesce(database(), '-'), ' at ', @@hostname, ':', @@port)";
    }

    @Override
    public final String now() {
        return "utc_timestamp(3)";
    }

    @Override
    public final String nowPlusMillis(String millis) {
        return "timestampadd(microsecond, " + millis + " * 1000, utc_timestamp(3))";
    }

    @Override
    public final String epochMillis(String timestamp) {
        return "timestampdiff(microsecond, timestamp'1970-01-01 00:00:00', " + timestamp + ") div 1000";
    }

    /**
     * A privileged user may write to a server that is read-only for all others; but then its primary is elsewhere, or
     * about to be. MariaDB 12 says OFF where all others say 0.
     */
    @Override
    public final String refusesWrites() {
        return "(case when cast(@@global.read_only as char) in ('0', 'OFF') and @@global.innodb_read_only = 0"
                + " then 0 else 1 end)";
    }

    /**
     * The incarnation names a server or a cluster, not a life, and it comes back with the server. Nothing restarts at a
     * switch-over by read_only, so a start time would not help.
     */
    @Override
    public final Optional<String> sessionMark() {
        return Optional.of("cast(@leader_lease_session as char(40))");
    }

    @Override
    public final List<String> markSession(String mark) {
        return List.of("set @leader_lease_session = '" + mark + "'");
    }

    @Override
    public final String openTerm(String term, String comparison) {
        return term + ".open_election " + comparison;
    }

    /** Locking reads see the newest version at every isolation level, and InnoDB's queue of locks is fair. */
    @Override
    public final String sharedFence(String term) {
        return "select case when ended_at is null then 1 else 0 end as term_open, " + readOnly() + " as read_only,"
                + " end_reason, " + epochMillis("ended_at") + " as ended_ms from " + term
                + " where election_name = :election and token = :token and holder_id = :holder lock in share mode";
    }

    /**
     * MariaDB drops shared locks at XA PREPARE, MySQL forgets them in a crash after it. A branch nobody knows cannot be
     * ended, and the error tells whether there is another one: 1397 inside a branch, 1399 outside.
     */
    @Override
    public final boolean insideXa(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("xa end 'leader-lease-4d1c0c8f6f3e4e0a'");
            throw new SQLException("somebody uses leader-lease's own name for an XA branch");
        } catch (SQLException e) {
            if (e.getErrorCode() == 1397 || e.getErrorCode() == 1399) {
                return e.getErrorCode() == 1397;
            }
            throw e;
        }
    }

    /** MariaDB's driver sends no rollback where the server says that there is no transaction, and a savepoint makes none. */
    @Override
    public final void leaveMark(Connection connection) throws SQLException {
        boolean begun = insideTransaction(connection);
        try (Statement statement = connection.createStatement()) {
            if (!begun) {
                statement.execute("start transaction");
            }
            statement.execute("savepoint " + MARK);
        }
    }

    /** DDL, LOCK TABLES, GRANT and many others commit what went before them; the oldest savepoint outlasts all else. */
    @Override
    public final Optional<String> markOfWork() {
        return Optional.of("savepoint " + MARK);
    }

    @Override
    public final boolean takeMark(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("release savepoint " + MARK);
            return true;
        } catch (SQLException e) {
            if (e.getErrorCode() == NO_SAVEPOINT) {
                return false;
            }
            throw e;
        }
    }

    /** The variable that tells whether the session writes. */
    abstract String readOnly();

    @Override
    public final List<String> openConnection(Timeouts timeouts) {
        return SessionVariables.set(limits(timeouts), timeouts);
    }

    @Override
    public final List<String> restoreConnection() {
        Timeouts any = new Timeouts(Duration.ZERO, Duration.ZERO, Duration.ZERO);
        List<String> statements = new ArrayList<>(SessionVariables.restore(limits(any), any));
        statements.add("set @leader_lease_session = null");
        return statements;
    }

    /** A commit that waits for a semi-synchronous replica ends neither with its client nor by any bound of the session. */
    @Override
    public final Optional<Sessions> sessions() {
        return Optional.of(new Sessions(
                "select cast(connection_id() as char)",
                // a restart gives the same ids again, so only a session that waits for just that is one of ours
                "select count(*) from information_schema.processlist where id in (<sessions>)"
                        + " and id != connection_id() and lower(state) like '%semi-sync%'"));
    }

    /** For both drivers; the second one bounds the login, until each call has a bound of its own. In milliseconds. */
    @Override
    public final Map<String, String> connectOptions(String url) {
        return url.startsWith("jdbc:mysql:") || url.startsWith("jdbc:mariadb:")
                ? Map.of("connectTimeout", "5000", "socketTimeout", "5000")
                : Map.of();
    }

    /** Further session variables, with the values that enforce the bounds. */
    abstract Map<String, String> limits(Timeouts timeouts);

    @Override
    public final Failure classify(SQLException error) {
        return switch (error.getErrorCode()) {
            // waits too long; NOWAIT; max_execution_time; max_statement_time
            case 1205, 3572, 3024, 1969 -> Failure.BLOCKED;
            // deadlock; MariaDB's snapshot isolation; a cluster's refusal to commit
            case 1213, 1020, 1180, 3101 -> Failure.CONFLICT;
            case 1290, 1792, 1836 -> Failure.READ_ONLY;
            case 1049, 1054, 1146 -> Failure.SCHEMA;
            case 1044, 1045, 1142, 1143, 1227 -> Failure.DENIED;
            // too many connections; shutdown; closed for standing idle
            case 1040, 1053, 4031 -> Failure.UNAVAILABLE;
            default -> withoutCode(error);
        };
    }

    /** A log of statements is not safe with READ COMMITTED, so InnoDB refuses to write. */
    @Override
    public final Optional<String> remedy(SQLException error) {
        return error.getErrorCode() == 1665
                ? Optional.of("set binlog_format to ROW or MIXED on the server")
                : Optional.empty();
    }

    /** What the driver says by itself, such as that the session is read-only. */
    private static Failure withoutCode(SQLException error) {
        String state = String.valueOf(error.getSQLState());
        if (state.equals("S1009") && String.valueOf(error.getMessage()).contains("read-only")) {
            return Failure.READ_ONLY;
        }
        return state.startsWith("08") ? Failure.UNAVAILABLE : Failure.OTHER;
    }

    @Override
    public final boolean duplicateKey(SQLException error) {
        return error.getErrorCode() == 1062;
    }
}
