package io.github.leaderlease.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** MySQL 8.0.16 and later; earlier versions of 8.0 do not enforce CHECK. */
public final class MysqlDialect extends MysqlFamily {

    /** For {@link java.util.ServiceLoader}. */
    public MysqlDialect() {}

    @Override
    public boolean accepts(Connection connection) throws SQLException {
        return isFamily(connection) && !version(connection).contains("MariaDB");
    }

    @Override
    public Optional<String> refusal(Connection connection) throws SQLException {
        String version = version(connection);
        if (version.contains("TiDB") || version.contains("Vitess")) {
            return Optional.of("the server speaks MySQL's protocol but is '" + version
                    + "': its locks are not InnoDB's, so it is not supported");
        }
        return ServerVersion.parse(version).atLeast(8, 0, 0)
                ? Optional.empty()
                : Optional.of("MySQL " + version + " is not supported: use 8.0.16 or later");
    }

    @Override
    public List<String> warnings(Connection connection, @Nullable String url, Duration bound) throws SQLException {
        String version = version(connection);
        List<String> warnings = new ArrayList<>(durability(connection));
        if (!ServerVersion.parse(version).atLeast(8, 0, 16)) {
            warnings.add("MySQL " + version + " does not enforce CHECK constraints: use 8.0.16 or later");
        }
        return warnings;
    }

    @Override
    public String incarnation() {
        return "@@server_uuid";
    }

    @Override
    Map<String, String> limits(Bounds bounds) {
        return Map.of("max_execution_time", String.valueOf(bounds.call().toMillis()));
    }

    /** There is no bound on idle transactions alone, so for their duration we bound every idle moment. */
    @Override
    public List<String> beforeTransaction(Bounds bounds) {
        return List.of(
                "set " + saved("wait_timeout") + " = @@session.wait_timeout",
                "set session wait_timeout = " + seconds(bounds.idleInTransaction()));
    }

    @Override
    public List<String> afterTransaction() {
        return List.of("set session wait_timeout = " + saved("wait_timeout"));
    }
}
