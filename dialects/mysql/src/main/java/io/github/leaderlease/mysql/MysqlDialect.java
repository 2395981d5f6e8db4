package io.github.leaderlease.mysql;

import io.github.leaderlease.spi.Dialect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** MySQL 8.0.16 and later; earlier versions of 8.0 do not enforce CHECK. */
public final class MysqlDialect extends MysqlFamily {

    private final boolean replicated;

    /** For {@link java.util.ServiceLoader}. */
    public MysqlDialect() {
        this(false);
    }

    private MysqlDialect(boolean replicated) {
        this.replicated = replicated;
    }

    @Override
    public boolean supports(Connection connection) throws SQLException {
        return isFamily(connection) && !version(connection).contains("MariaDB");
    }

    @Override
    public Optional<String> unsupportedReason(Connection connection) throws SQLException {
        String version = version(connection);
        if (version.contains("TiDB") || version.contains("Vitess")) {
            return Optional.of("the server speaks MySQL's protocol but is '" + version
                    + "': its locks are not InnoDB's, so it is not supported");
        }
        return ServerVersion.parse(version).atLeast(8, 0, 0)
                ? Optional.empty()
                : Optional.of("MySQL " + version + " is not supported: use 8.0.16 or later");
    }

    /**
     * In a cluster a primary does not know of the locks that another's transactions hold, and one that was promoted may
     * take writes before it has applied all those of the one before.
     */
    @Override
    public Dialect forServer(Connection connection) throws SQLException {
        boolean group = !variable(connection, "group_replication_group_name").isEmpty();
        return new MysqlDialect(group || "ON".equals(variable(connection, "wsrep_on")));
    }

    @Override
    public TouchFence touchFence() {
        return replicated ? TouchFence.ALWAYS : TouchFence.IN_XA;
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
    Map<String, String> limits(Timeouts timeouts) {
        return Map.of("max_execution_time", String.valueOf(timeouts.call().toMillis()));
    }

    /** InnoDB counts its own timeout in seconds; this hint works for a SELECT only, so the update comes after it. */
    @Override
    public Optional<String> exclusiveFence(String term, Duration wait) {
        return Optional.of("select /*+ MAX_EXECUTION_TIME(" + wait.toMillis() + ") */ token from " + term
                + " where open_election = :election for update");
    }

    /** What the next transaction shall be like cannot be said inside one; said outside, it changes nothing. */
    @Override
    public boolean insideTransaction(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet level = statement.executeQuery("select replace(@@session.transaction_isolation, '-', ' ')")) {
            level.next();
            statement.execute("set transaction isolation level " + level.getString(1));
            return false;
        } catch (SQLException e) {
            if (e.getErrorCode() == 1568) {
                return true;
            }
            throw e;
        }
    }

    /** The locks on the row of the open term; the performance schema does not say which row if its page is busy. */
    @Override
    public Optional<String> fenceHolders(String term) {
        int dot = term.lastIndexOf('.');
        String schema = dot < 0 ? "database()" : "'" + term.substring(0, dot).replace("`", "") + "'";
        return Optional.of("""
                select 'unknown: performance_schema is off' from dual where @@performance_schema = 0
                union
                select concat(if(l.lock_data is null, 'probably session ', 'session '), t.processlist_id, ' (user ', t.processlist_user, ', ',
                                       lower(t.processlist_command), ' for ', t.processlist_time, ' s)')
                from performance_schema.data_locks l
                join performance_schema.threads t on t.thread_id = l.thread_id
                where l.object_schema = %s and l.object_name = '%s' and l.index_name = 'PRIMARY'
                  and l.lock_type = 'RECORD' and l.lock_status = 'GRANTED' and t.processlist_id is not null
                  and (l.lock_data is null or l.lock_data like concat(quote(:election), ', %%'))
                  and t.processlist_id != connection_id()
                limit 10
                """.formatted(schema, term.substring(dot + 1)));
    }

    @Override
    public String fenceHoldersPrivilege() {
        return "grant select on performance_schema.data_locks and performance_schema.threads to this database user";
    }

    @Override
    String readOnly() {
        return "@@session.transaction_read_only";
    }

    @Override
    public List<String> beforeFence(Duration idle) {
        return SessionVariables.bound("wait_timeout", idle);
    }

    @Override
    public List<String> afterFence() {
        return SessionVariables.unbound("wait_timeout");
    }

    /** There is no bound on idle transactions alone, so for their duration we bound every idle moment. */
    @Override
    public List<String> beforeTransaction(Timeouts timeouts) {
        return SessionVariables.bound("wait_timeout", timeouts.idleInTransaction());
    }

    @Override
    public List<String> afterTransaction() {
        return SessionVariables.unbound("wait_timeout");
    }
}
