package io.github.leaderlease.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

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
        return ServerVersion.parse(version).atLeast(8, 0)
                ? Optional.empty()
                : Optional.of("MySQL " + version + " is not supported: use 8.0.16 or later");
    }

    @Override
    public String incarnation() {
        return "@@server_uuid";
    }

    @Override
    List<String> limits(Bounds bounds) {
        return List.of("set session max_execution_time = " + bounds.call().toMillis());
    }

    @Override
    List<String> restoredLimits() {
        return List.of("set session max_execution_time = default");
    }

    /** There is no bound on idle transactions alone, so for their duration we bound every idle moment. */
    @Override
    public List<String> beforeTransaction(Bounds bounds) {
        return List.of("set session wait_timeout = " + seconds(bounds.idleInTransaction()));
    }

    @Override
    public List<String> afterTransaction() {
        return List.of("set session wait_timeout = default");
    }
}
