package io.github.leaderlease.h2;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** H2 2.2.220 and later, embedded or as a server. */
public final class H2Dialect implements Dialect {

    /** For {@link java.util.ServiceLoader}. */
    public H2Dialect() {}

    @Override
    public String name() {
        return "h2";
    }

    @Override
    public boolean accepts(Connection connection) throws SQLException {
        return "H2".equals(connection.getMetaData().getDatabaseProductName());
    }

    @Override
    public Optional<String> refusal(Connection connection) throws SQLException {
        DatabaseMetaData meta = connection.getMetaData();
        int major = meta.getDatabaseMajorVersion();
        int minor = meta.getDatabaseMinorVersion();
        boolean supported = major > 2 || (major == 2 && minor >= 2);
        return supported
                ? Optional.empty()
                : Optional.of("H2 " + meta.getDatabaseProductVersion() + " is not supported: use 2.2.220 or later");
    }

    /** H2 ignores the network timeout that JDBC sets; only its own URL option works, and no connection tells it. */
    @Override
    public List<String> warnings(Connection connection, @Nullable String url, Duration bound) throws SQLException {
        String bare = connection.getMetaData().getURL();
        boolean remote = bare.startsWith("jdbc:h2:tcp:") || bare.startsWith("jdbc:h2:ssl:");
        if (!remote || (url != null && url.toUpperCase(Locale.ROOT).contains(";NETWORK_TIMEOUT="))) {
            return List.of();
        }
        String found = url == null ? "cannot tell whether this DataSource has a network timeout" : "no network timeout";
        return List.of("H2 server: " + found + ". Without one, a call hangs far beyond the " + bound.toMillis()
                + " ms that it may take when the network swallows an answer, and its thread with it: append"
                + " ;NETWORK_TIMEOUT=" + bound.toMillis() + " to the JDBC URL");
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

    /** H2 has no failover. */
    @Override
    public String incarnation() {
        return "'h2'";
    }

    @Override
    public String openTerm(String term, String comparison) {
        return term + ".open_election " + comparison;
    }

    @Override
    public List<String> openConnection(Bounds bounds) {
        return List.of(
                "set @leader_lease_lock_timeout = lock_timeout()",
                "set lock_timeout " + bounds.rowWait().toMillis());
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
