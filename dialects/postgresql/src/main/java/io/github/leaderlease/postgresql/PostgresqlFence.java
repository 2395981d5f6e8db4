package io.github.leaderlease.postgresql;

import io.github.leaderlease.spi.Dialect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Advisory locks of the transaction: many share one, and whoever ends the term waits in the same queue. */
interface PostgresqlFence extends Dialect {

    /** Our space among advisory locks; the other key is a number made from the election's name. */
    int ADVISORY_SPACE = 0x4c454153;

    /** A setting that lives as long as a fenced transaction. */
    String MARKER = "leader_lease.fence";

    /** A setting that lives as long as a transaction that we want to know again. */
    String MARK = "leader_lease.mark";

    /** Advisory locks queue fairly, so that a stream of overlapping fences cannot starve a takeover. */
    @Override
    default Optional<String> exclusiveFence(String term, Duration wait) {
        return Optional.of("select set_config('lock_timeout', cast(cast(:wait as bigint) as text), true),"
                + " pg_advisory_xact_lock(" + ADVISORY_SPACE + ", :fence)");
    }

    @Override
    default Optional<String> exclusiveFences() {
        return Optional.of("select k.election from " + PostgresqlDialect.table(List.of("election text", "fence bigint"))
                + " k where pg_try_advisory_xact_lock(" + ADVISORY_SPACE + ", cast(k.fence as int))");
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
    default String sharedFence(String term) {
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
    default boolean insideTransaction(Connection connection) throws SQLException {
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
    default void leaveMark(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select set_config('" + MARK + "', 'set', true)");
        }
    }

    @Override
    default boolean takeMark(Connection connection) throws SQLException {
        String taken = "select current_setting('" + MARK + "', true), set_config('" + MARK + "', '', true)";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(taken)) {
            return row.next() && "set".equals(row.getString(1));
        }
    }

    @Override
    default Optional<String> fenceHolders(String term) {
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
}
