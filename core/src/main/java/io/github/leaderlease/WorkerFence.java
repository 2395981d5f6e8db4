package io.github.leaderlease;

import io.github.leaderlease.jdbc.JdbcFence;
import io.github.leaderlease.jdbc.TableSearch;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.TableNames;
import io.github.leaderlease.spi.TermKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The fence for a worker that is no candidate itself but was handed a term by the leader: the election, the
 * {@linkplain Leadership#fencingToken() fencing token} and the {@linkplain Leadership#holderId() holder}. It needs no
 * coordinator and no right to change a lease; the shipped script {@code grants/.../fence.sql} says which rights it needs.
 *
 * <p>Thread-safe. Knows no clock: it is for the database alone to say whether the term is open. Other languages: see
 * docs/run.md for the same in plain SQL.
 */
public final class WorkerFence {

    /** Nobody tells a worker the TTL; the same as for a leader whose TTL is 15 s. */
    private static final Duration IDLE = Duration.ofSeconds(5);

    private final TableNames tables;
    private final Map<String, JdbcFence> fences = new ConcurrentHashMap<>();

    private WorkerFence(TableNames tables) {
        this.tables = tables;
    }

    /**
     * For tables in the connection's own schema, without a prefix. Where they are is asked once for each JDBC URL: if
     * connections of one URL have schemas of their own (a schema for each tenant, say), make a fence for each with
     * {@link #create(String, String)}.
     *
     * @return the fence
     */
    public static WorkerFence create() {
        return new WorkerFence(TableNames.PLAIN);
    }

    /**
     * For tables elsewhere.
     *
     * @param schema the schema (on MySQL and MariaDB the database), or null for the connection's own
     * @param tablePrefix prefix of the table names; may be empty
     * @return the fence
     * @throws IllegalArgumentException if a part is no plain SQL identifier
     */
    public static WorkerFence create(@Nullable String schema, String tablePrefix) {
        return new WorkerFence(new TableNames(schema, tablePrefix));
    }

    /**
     * Makes the transaction's commit depend on the term, as {@link Leadership#fence} does. Call it last, right before the
     * commit, with no savepoint around or after it. Blocks for one round trip (MySQL and MariaDB: two; the
     * first time on a database: some more), and while a takeover is in progress.
     *
     * @param connection in a transaction, autocommit off; none of its session's settings is changed
     * @param election the election's name
     * @param fencingToken the term's number
     * @param holderId the identity under which the term is held
     * @throws NotLeaderException if the term is over; roll back. From REPEATABLE READ on, a term that began after the
     *     transaction counts as missing
     * @throws IllegalArgumentException if the election's name is not valid
     * @throws IllegalStateException if the connection cannot be fenced: closed, in autocommit, or read-only
     * @throws LeaderLeaseException if the database refuses or cannot be reached, or, from REPEATABLE READ on, if the term
     *     ended while the transaction ran (a serialization failure); it is not fenced, roll back
     */
    public void fence(Connection connection, String election, long fencingToken, String holderId) {
        TermKey term = new TermKey(Names.check("election name", election), fencingToken, holderId);
        JdbcFence fence = forServer(connection, term);
        FenceChecks.beforehand(connection, term, fence.dialect());
        try {
            JdbcFence.Answer found = fence.take(connection, term, IDLE, false);
            switch (found.state()) {
                case OPEN -> {}
                case READ_ONLY -> throw FenceChecks.readOnly(term, null);
                case ENDED, MISSING -> throw FenceChecks.over(term, found, null, null);
            }
        } catch (SQLException e) {
            throw FenceChecks.refused(term, fence.dialect(), connection, tables, e);
        }
    }

    private JdbcFence forServer(Connection connection, TermKey term) {
        FenceChecks.open(connection, term);
        String url = FenceChecks.url(connection);
        JdbcFence known = fences.get(url);
        if (known != null) {
            return known;
        }
        try {
            Dialect dialect = StoreOpener.dialect(connection);
            JdbcFence fence = new JdbcFence(dialect, TableSearch.locate(connection, dialect, tables));
            fences.put(url, fence);
            return fence;
        } catch (LeaseStoreException e) {
            throw new LeaderLeaseException(String.valueOf(e.getMessage()), e);
        } catch (SQLException e) {
            throw new LeaderLeaseException(
                    "cannot ask the database which product it is, and where its tables are: " + e.getMessage(), e);
        }
    }
}
