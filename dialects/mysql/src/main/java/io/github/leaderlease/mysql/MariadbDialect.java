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
    private final boolean galera;

    /** For {@link java.util.ServiceLoader}. */
    public MariadbDialect() {
        this(HOST, false);
    }

    private MariadbDialect(String incarnation, boolean galera) {
        this.incarnation = incarnation;
        this.galera = galera;
    }

    @Override
    public boolean supports(Connection connection) throws SQLException {
        return isFamily(connection) && version(connection).contains("MariaDB");
    }

    @Override
    public Optional<String> unsupportedReason(Connection connection) throws SQLException {
        String version = version(connection);
        return ServerVersion.parse(version).atLeast(10, 6, 0)
                ? Optional.empty()
                : Optional.of("MariaDB " + version + " is not supported: use 10.6 or later");
    }

    /** A Galera cluster is one database whichever node answers; otherwise the server's own id says more than its host. */
    @Override
    public Dialect forServer(Connection connection) throws SQLException {
        if ("ON".equals(variable(connection, "wsrep_on"))) {
            return new MariadbDialect(
                    "(select variable_value from information_schema.global_status"
                            + " where variable_name = 'wsrep_cluster_state_uuid')",
                    true);
        }
        return variable(connection, "server_uid").isEmpty() ? this : new MariadbDialect("@@server_uid", false);
    }

    @Override
    public String incarnation() {
        return incarnation;
    }

    @Override
    public List<String> warnings(Connection connection, @Nullable String url, Duration bound) throws SQLException {
        return durability(connection);
    }

    /** A Galera node does not know of the locks that another node's transactions hold. */
    @Override
    public TouchFence touchFence() {
        return galera ? TouchFence.ALWAYS : TouchFence.IN_XA;
    }

    /** InnoDB counts its own timeout in seconds. */
    @Override
    public Optional<String> exclusiveFence(String term, Duration wait) {
        return Optional.of("set statement max_statement_time = " + wait.toMillis() / 1000.0 + " for select token from "
                + term + " where open_election = :election for update");
    }

    @Override
    public boolean insideTransaction(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select @@in_transaction")) {
            return row.next() && row.getInt(1) == 1;
        }
    }

    /** After the wait is over MariaDB tells who holds locks, but not on what. */
    @Override
    public Optional<String> fenceHolders(String term) {
        return Optional.of("""
                select concat('probably session ', t.trx_mysql_thread_id, ' (user ', coalesce(p.user, 'unknown'), ', ',
                              lower(coalesce(p.command, 'unknown')), ' for ', coalesce(p.time, 0), ' s)')
                from information_schema.innodb_trx t
                left join information_schema.processlist p on p.id = t.trx_mysql_thread_id
                where t.trx_rows_locked > 0 and t.trx_mysql_thread_id != connection_id()
                order by p.db = database() desc, t.trx_started
                limit 10
                """);
    }

    @Override
    public String fenceHoldersPrivilege() {
        return "grant process on *.* to this database user";
    }

    @Override
    String readOnly() {
        return "@@session.tx_read_only";
    }

    @Override
    public List<String> beforeFence(Duration idle) {
        return SessionVariables.bound("idle_transaction_timeout", idle);
    }

    @Override
    public List<String> afterFence() {
        return SessionVariables.unbound("idle_transaction_timeout");
    }

    @Override
    Map<String, String> limits(Timeouts timeouts) {
        return Map.of(
                "check_constraint_checks", "1",
                "max_statement_time", String.valueOf(timeouts.call().toMillis() / 1000.0),
                "idle_transaction_timeout", String.valueOf(SessionVariables.seconds(timeouts.idleInTransaction())));
    }
}
