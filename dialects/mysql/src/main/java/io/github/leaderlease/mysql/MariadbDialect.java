package io.github.leaderlease.mysql;

import io.github.leaderlease.spi.Dialect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** MariaDB 10.6 and later. */
public final class MariadbDialect extends MysqlFamily {

    private static final String HOST = "concat_ws('/', @@hostname, @@port, @@server_id)";

    private final String incarnation;

    /** For {@link java.util.ServiceLoader}. */
    public MariadbDialect() {
        this(HOST);
    }

    private MariadbDialect(String incarnation) {
        this.incarnation = incarnation;
    }

    @Override
    public boolean accepts(Connection connection) throws SQLException {
        return isFamily(connection) && version(connection).contains("MariaDB");
    }

    @Override
    public Optional<String> refusal(Connection connection) throws SQLException {
        String version = version(connection);
        return ServerVersion.parse(version).atLeast(10, 6, 0)
                ? Optional.empty()
                : Optional.of("MariaDB " + version + " is not supported: use 10.6 or later");
    }

    /** A Galera cluster is one database whichever node answers; otherwise the server's own id says more than its host. */
    @Override
    public Dialect fitted(Connection connection) throws SQLException {
        if ("ON".equals(variable(connection, "wsrep_on"))) {
            return new MariadbDialect("(select variable_value from information_schema.global_status"
                    + " where variable_name = 'wsrep_cluster_state_uuid')");
        }
        return variable(connection, "server_uid").isEmpty() ? this : new MariadbDialect("@@server_uid");
    }

    private static String variable(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show global variables like '" + name + "'")) {
            return row.next() ? row.getString(2) : "";
        }
    }

    @Override
    public String incarnation() {
        return incarnation;
    }

    @Override
    public List<String> warnings(Connection connection, @Nullable String url, Duration bound) throws SQLException {
        return durability(connection);
    }

    @Override
    Map<String, String> limits(Bounds bounds) {
        return Map.of(
                "max_statement_time", String.valueOf(bounds.call().toMillis() / 1000.0),
                "idle_transaction_timeout", String.valueOf(seconds(bounds.idleInTransaction())));
    }
}
