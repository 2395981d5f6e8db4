package io.github.leaderlease.postgresql;

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
import java.util.Set;
import org.postgresql.PGConnection;

/** PostgreSQL 14 and later. */
public final class PostgresqlDialect implements Dialect {

    /** Our space among advisory locks; the other key is a number made from the election's name. */
    private static final int ADVISORY_SPACE = 0x4c454153;

    /** A setting that lives as long as a fenced transaction. */
    private static final String MARKER = "leader_lease.fence";

    /** A setting that lives as long as a transaction that we want to know again. */
    private static final String MARK = "leader_lease.mark";

    /** What takes longer has met the driver's bound. */
    private static final Duration CANCELLED = Duration.ofSeconds(1);

    /** The cluster. */
    private static final String SYSTEM = "(select system_identifier from pg_control_system())";

    /** From the name of the WAL file: the control file still shows the old one for a while after a promotion. */
    private static final String TIMELINE = "substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)";

    /** To the microsecond. */
    private static final String STARTED = "cast(extract(epoch from pg_postmaster_start_time()) as text)";

    /** The more the better, but the server's start alone will do, see {@link #incarnation()}. */
    private static final List<String> LIVES =
            List.of(life(SYSTEM + ", " + TIMELINE + ", " + STARTED), life(SYSTEM + ", " + STARTED), life(STARTED));

    /**
     * A function that is revoked, missing or not supported; and Amazon Aurora, whose writer says of the WAL's position what
     * elsewhere only a standby says.
     */
    private static final Set<String> CANNOT_TELL = Set.of("42501", "42883", "0A000", "55000");

    private final String incarnation;

    /** For {@link java.util.ServiceLoader}. */
    public PostgresqlDialect() {
        this(LIVES.get(0));
    }

    private PostgresqlDialect(String incarnation) {
        this.incarnation = incarnation;
    }

    /** A standby has no position in the WAL, and nobody acts on what it shows. */
    private static String life(String parts) {
        return "(select case when pg_is_in_recovery() then 'standby' else concat_ws('/', " + parts + ") end)";
    }

    @Override
    public String name() {
        return "postgresql";
    }

    @Override
    public boolean supports(Connection connection) throws SQLException {
        return "PostgreSQL".equals(connection.getMetaData().getDatabaseProductName());
    }

    @Override
    public Optional<String> unsupportedReason(Connection connection) throws SQLException {
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

    /** With the temporary schema, and without schemas that this user may not use: as the server resolves a name. */
    @Override
    public String searchPath() {
        return "select p.s from unnest(current_schemas(true)) with ordinality as p(s, n)"
                + " where p.s != 'pg_catalog' order by p.n";
    }

    @Override
    public String relations(int names) {
        return """
                select c.relname,
                       case when c.relkind = 'r' then case c.relpersistence
                                when 'p' then 'table'
                                when 't' then 'temporary table'
                                else 'unlogged table, which a crash of the server empties' end
                            when c.relkind = 'v' then 'view'
                            when c.relkind = 'm' then 'materialized view'
                            when c.relkind = 'f' then 'foreign table'
                            when c.relkind = 'p' then 'partitioned table'
                            else 'relation of kind ' || c.relkind::text end
                from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where n.nspname = ? and c.relname in (%s)
                """.formatted(String.join(", ", Collections.nCopies(names, "?")));
    }

    @Override
    public Optional<String> tablesElsewhere() {
        return Optional.of("""
                select 'one in schema ' || n.nspname || ', which '
                       || case when not has_schema_privilege(n.oid, 'USAGE')
                               then 'this user may not use (grant usage on schema ' || quote_ident(n.nspname) || ' to '
                                    || quote_ident(current_user) || ')'
                               when n.nspname = any(current_schemas(true)) then 'is on the search path'
                               else 'is not on the search path (' || current_setting('search_path') || ')' end
                from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where c.relname = ? and c.relkind in ('r', 'v', 'm', 'f', 'p') and n.nspname not like 'pg\\_%'
                order by 1 limit 5
                """);
    }

    /** Rows that a policy hides would look as if they were not there; a policy that hides none is no obstacle. */
    @Override
    public Optional<String> obstacles() {
        return Optional.of("""
                with t as (select c.oid, c.relnamespace, format('%I.%I', n.nspname, c.relname) as name
                           from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                           where n.nspname = ? and c.relname = ?),
                p as (select p.polpermissive, p.polcmd = '*' and pg_get_expr(p.polqual, p.polrelid) = 'true'
                             and coalesce(pg_get_expr(p.polwithcheck, p.polrelid), 'true') = 'true' as hides_nothing
                      from pg_catalog.pg_policy p join t on p.polrelid = t.oid
                      where 0 = any(p.polroles)
                         or exists (select from unnest(p.polroles) as r(oid) where r.oid != 0 and pg_has_role(r.oid, 'USAGE')))
                select format('this database user (%s) lacks usage on schema %I: grant usage on schema %I to %I',
                              current_user, s.nspname, s.nspname, current_user)
                from t join pg_catalog.pg_namespace s on s.oid = t.relnamespace
                where not has_schema_privilege(s.oid, 'USAGE')
                union all
                select format('row level security is active on %s for this database user (%s) and may hide rows, so that'
                              || ' leaders would go unseen: alter table %s disable row level security, or give it a policy'
                              || ' "for all to %I using (true)", or alter role %I bypassrls',
                              t.name, current_user, t.name, current_user, current_user)
                from t where row_security_active(t.oid)
                         and (exists (select from p where not p.polpermissive)
                              or not exists (select from p where p.polpermissive and p.hides_nothing))
                """);
    }

    @Override
    public String place() {
        return "select 'database ' || current_database()"
                + " || coalesce(' at ' || host(inet_server_addr()) || ':' || inet_server_port(), '')";
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
     * The server's start, for which alone it would be enough: a primary becomes a standby only by a restart, and what a
     * standby shows is refused, so one run of a server is at most one life as a primary. The cluster and the timeline tell
     * also servers apart that were started in the same microsecond, where they can be had. Two standbys may both be promoted
     * to the same timeline.
     */
    @Override
    public String incarnation() {
        return incarnation;
    }

    @Override
    public Dialect forStore(Connection connection) throws SQLException {
        for (String life : LIVES) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select " + life)) {
                row.next();
                return new PostgresqlDialect(life);
            } catch (SQLException e) {
                if (!CANNOT_TELL.contains(e.getSQLState()) || life.equals(LIVES.get(LIVES.size() - 1))) {
                    throw e;
                }
            }
        }
        return this;
    }

    @Override
    public String refusesWrites() {
        return "cast(pg_is_in_recovery() as int)";
    }

    @Override
    public String openTerm(String term, String comparison) {
        return term + ".election_name " + comparison + " and " + term + ".ended_at is null";
    }

    /** Advisory locks queue fairly, so that a stream of overlapping fences cannot starve a takeover. */
    @Override
    public Optional<String> exclusiveFence(String term, Duration wait) {
        return Optional.of("select set_config('lock_timeout', cast(cast(:wait as bigint) as text), true),"
                + " pg_advisory_xact_lock(" + ADVISORY_SPACE + ", :fence)");
    }

    @Override
    public Optional<String> exclusiveFences() {
        return Optional.of("select k.election from " + table(List.of("election text", "fence bigint"))
                + " k where pg_try_advisory_xact_lock(" + ADVISORY_SPACE + ", cast(k.fence as int))");
    }

    @Override
    public Optional<Notifications> notifications() {
        return Optional.of(new ListenNotify());
    }

    /**
     * Several statements in one round trip: each has a snapshot of its own, so the look at the term is younger than the
     * grant of the lock. From REPEATABLE READ on the snapshot is the transaction's and older; there only the row's lock
     * shows what has been committed since. Never both in all cases: row locks taken by many at once cost multixacts.
     *
     * <p>A vanished client must not hold the lock for ever, so the transaction's idle time is bounded along the way, and
     * never loosened.
     */
    @Override
    public String sharedFence(String term) {
        String fresh = "current_setting('transaction_isolation') in ('read committed', 'read uncommitted')";
        String look = "select case when ended_at is null then 1 else 0 end as term_open, 0 as read_only, end_reason, "
                + epochMillis("ended_at") + " as ended_ms from " + term
                + " where election_name = :election and token = :token and holder_id = :holder and ";
        return "select pg_advisory_xact_lock_shared(" + ADVISORY_SPACE + ", :fence),"
                + " set_config('" + MARKER + "', 'held', true), set_config('idle_in_transaction_session_timeout',"
                + " cast(cast(least(nullif(1000 * extract(epoch from"
                + " cast(current_setting('idle_in_transaction_session_timeout') as interval)), 0), :idle) as bigint)"
                + " as text), true);" + look + fresh + ";" + look + "not " + fresh + " for share";
    }

    /**
     * The marker is bound to the transaction, and to the savepoint that the fence was taken in. The driver knows whether
     * a transaction is open, and to ask the server without one would begin one.
     */
    @Override
    public boolean insideTransaction(Connection connection) throws SQLException {
        try {
            connection.setReadOnly(connection.isReadOnly());
            return false;
        } catch (SQLException e) {
            if (!"25001".equals(e.getSQLState())) {
                throw e;
            }
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select current_setting('" + MARKER + "', true)")) {
            return row.next() && "held".equals(row.getString(1));
        }
    }

    @Override
    public void leaveMark(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select set_config('" + MARK + "', 'set', true)");
        }
    }

    @Override
    public boolean takeMark(Connection connection) throws SQLException {
        String taken = "select current_setting('" + MARK + "', true), set_config('" + MARK + "', '', true)";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(taken)) {
            return row.next() && "set".equals(row.getString(1));
        }
    }

    @Override
    public Optional<String> fenceHolders(String term) {
        return Optional.of("""
                select case when l.pid is null
                       then concat_ws(' ', 'prepared transaction', p.gid, 'of user ' || p.owner)
                       else 'session ' || l.pid || ' (' || concat_ws(', ', 'user ' || a.usename,
                            nullif(a.application_name, ''),
                            a.state || ' for ' || round(extract(epoch from clock_timestamp() - a.state_change)) || ' s')
                            || ')' end
                from pg_locks l
                left join pg_stat_activity a on a.pid = l.pid
                left join pg_locks x on l.pid is null and x.pid is null and x.locktype = 'transactionid'
                                    and x.virtualtransaction = l.virtualtransaction
                left join pg_prepared_xacts p on p.transaction = x.transactionid
                where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.classid = %s
                  and cast(l.objid as bigint) = (cast(:fence as bigint) & 4294967295)
                  and l.database = (select oid from pg_database where datname = current_database())
                limit 10
                """.formatted(Integer.toString(ADVISORY_SPACE)));
    }

    @Override
    public Optional<String> arrays(List<String> columns) {
        return Optional.of(table(columns));
    }

    private static String table(List<String> columns) {
        List<String> shown = new ArrayList<>();
        List<String> arrays = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (String column : columns) {
            String name = column.substring(0, column.indexOf(' '));
            String type = column.substring(name.length() + 1);
            names.add(name);
            arrays.add("cast(:" + name + " as " + type + "[])");
            shown.add(type.equals("text") ? name + " collate \"C\" as " + name : name);
        }
        return "(select " + String.join(", ", shown) + " from unnest(" + String.join(", ", arrays) + ") as a("
                + String.join(", ", names) + "))";
    }

    /**
     * Bound to the transaction: behind PgBouncer a session is shared with others, who would not know what befell them. And a
     * term must not be forgotten by a crash of the server after we were told that it is ours.
     */
    @Override
    public Optional<String> transactionBounds() {
        return Optional.of("select " + local("lock_timeout", millis(":rowWait")) + ", "
                + local("statement_timeout", millis(":call")) + ", "
                + local("idle_in_transaction_session_timeout", millis(":idle")) + ", "
                + local(
                        "synchronous_commit",
                        "case current_setting('synchronous_commit') when 'off' then 'on'"
                                + " else current_setting('synchronous_commit') end"));
    }

    private static String local(String setting, String value) {
        return "set_config('" + setting + "', " + value + ", true)";
    }

    private static String millis(String parameter) {
        return "cast(cast(" + parameter + " as bigint) as text)";
    }

    /** The second one bounds the login, until each call has a bound of its own; the third one cancelling. In seconds. */
    @Override
    public Map<String, String> connectOptions(String url) {
        return url.startsWith("jdbc:postgresql:")
                ? Map.of("connectTimeout", "5", "socketTimeout", "5", "cancelSignalTimeout", "2")
                : Map.of();
    }

    /**
     * A commit that waits for a synchronous standby heeds no bound, and its session stays when the client goes. The driver
     * does not tell whether the server was reached, but if it was, that took no time.
     */
    @Override
    public boolean cancel(Connection connection) throws SQLException {
        long start = System.nanoTime();
        connection.unwrap(PGConnection.class).cancelQuery();
        return System.nanoTime() - start < CANCELLED.toNanos();
    }

    @Override
    public List<String> openConnection(Timeouts timeouts) {
        return List.of();
    }

    @Override
    public List<String> restoreConnection() {
        return List.of();
    }

    @Override
    public Failure classify(SQLException error) {
        String state = error.getSQLState() == null ? "" : error.getSQLState();
        return switch (state) {
            case "57014", "55P03" -> Failure.BLOCKED;
            case "40001", "40P01" -> Failure.CONFLICT;
            case "25006" -> Failure.READ_ONLY;
            case "42P01", "42703", "3F000" -> Failure.SCHEMA;
            case "42501" -> Failure.DENIED;
            // a transaction or session stood idle; too many connections; shutdown
            case "25P03", "57P05", "53300", "57P01", "57P02", "57P03" -> Failure.UNAVAILABLE;
            default ->
                remedy(error).isPresent()
                        ? Failure.OTHER
                        : state.startsWith("08")
                                ? Failure.UNAVAILABLE
                                : state.startsWith("28") ? Failure.DENIED : Failure.OTHER;
        };
    }

    /** PgBouncer's own messages have the code of any broken connection. */
    @Override
    public Optional<String> remedy(SQLException error) {
        String message = String.valueOf(error.getMessage());
        String state = String.valueOf(error.getSQLState());
        if (message.contains("statement pooling mode")) {
            return Optional.of(
                    "a pooler in statement mode cannot be used: set pool_mode = transaction, or connect to the"
                            + " database directly");
        }
        boolean prepared = state.equals("26000") || state.equals("42P05");
        return prepared
                ? Optional.of(
                        "a pooler shares server connections but not their prepared statements: add prepareThreshold=0"
                                + " to the JDBC URL, or set max_prepared_statements (PgBouncer 1.21 and later)")
                : Optional.empty();
    }

    @Override
    public boolean duplicateKey(SQLException error) {
        return "23505".equals(error.getSQLState());
    }
}
