package io.github.leaderlease.mysql;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What MySQL and MariaDB have in common. */
abstract sealed class MysqlFamily implements Dialect permits MysqlDialect, MariadbDialect {

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

    @Override
    public final String openTerm(String term, String comparison) {
        return term + ".open_election " + comparison;
    }

    /** Strict, so that a value that does not fit is refused and not cut. InnoDB counts its waits in seconds. */
    @Override
    public final List<String> openConnection(Bounds bounds) {
        List<String> settings = new ArrayList<>(List.of(
                "set @leader_lease_sql_mode = @@session.sql_mode",
                "set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
                "set session innodb_lock_wait_timeout = " + seconds(bounds.rowWait()),
                "set session lock_wait_timeout = " + seconds(bounds.call())));
        settings.addAll(limits(bounds));
        return settings;
    }

    @Override
    public final List<String> restoreConnection() {
        List<String> settings = new ArrayList<>(List.of(
                "set session sql_mode = @leader_lease_sql_mode",
                "set session innodb_lock_wait_timeout = default",
                "set session lock_wait_timeout = default"));
        settings.addAll(restoredLimits());
        return settings;
    }

    abstract List<String> limits(Bounds bounds);

    abstract List<String> restoredLimits();

    static long seconds(Duration duration) {
        return Math.max(1, (duration.toMillis() + 999) / 1000);
    }

    @Override
    public final Failure classify(SQLException error) {
        return switch (error.getErrorCode()) {
            // waits too long; NOWAIT; max_execution_time; max_statement_time
            case 1205, 3572, 3024, 1969 -> Failure.BLOCKED;
            // deadlock; MariaDB's snapshot isolation
            case 1213, 1020 -> Failure.CONFLICT;
            case 1290, 1792, 1836 -> Failure.READ_ONLY;
            case 1049, 1054, 1146 -> Failure.SCHEMA;
            case 1044, 1045, 1142, 1143 -> Failure.DENIED;
            // too many connections; shutdown; closed for standing idle
            case 1040, 1053, 4031 -> Failure.UNAVAILABLE;
            default ->
                error.getSQLState() != null && error.getSQLState().startsWith("08")
                        ? Failure.UNAVAILABLE
                        : Failure.OTHER;
        };
    }

    @Override
    public final boolean duplicateKey(SQLException error) {
        return error.getErrorCode() == 1062;
    }
}
