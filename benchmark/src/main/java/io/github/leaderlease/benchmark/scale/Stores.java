package io.github.leaderlease.benchmark.scale;

import io.github.leaderlease.jdbc.JdbcLeaseStore;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.TableNames;
import io.github.leaderlease.spi.TermKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.IntStream;

/** Our store on connections of our own, and leases to use it on. */
public final class Stores {

    private static final Duration CALL = Duration.ofSeconds(60);
    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final String HOLDER = "benchmark";

    private Stores() {}

    /** The store is the connection's owner from now on. */
    public static JdbcLeaseStore open(Connection connection) throws SQLException {
        for (Dialect dialect : ServiceLoader.load(Dialect.class)) {
            if (dialect.supports(connection)) {
                Dialect.Timeouts bounds = new Dialect.Timeouts(CALL, WAIT, CALL);
                return JdbcLeaseStore.open(connection, dialect.forServer(connection), TableNames.PLAIN, bounds);
            }
        }
        throw new IllegalStateException(
                "no dialect for " + connection.getMetaData().getDatabaseProductName());
    }

    /** Makes leases that are held, on PostgreSQL, in one go: to acquire ten thousand takes a while. */
    static List<TermKey> hold(Connection connection, int leases) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("truncate leader_lease, leader_term");
            statement.execute("insert into leader_lease (election_name, token, renewal, holder_id, ttl_ms, renewed_at,"
                    + " expires_at, acquired_incarnation) select 'election-' || n, 1, 0, '" + HOLDER
                    + "', 10000, now(), now(), 'none' from generate_series(1, " + leases + ") n");
            statement.execute("insert into leader_term (election_name, token, holder_id, node_name, ttl_ms, started_at)"
                    + " select 'election-' || n, 1, '" + HOLDER + "', 'node', 10000, now()"
                    + " from generate_series(1, " + leases + ") n");
            statement.execute("vacuum analyze leader_lease");
            statement.execute("vacuum analyze leader_term");
        }
        return IntStream.rangeClosed(1, leases)
                .mapToObj(n -> new TermKey("election-" + n, 1, HOLDER))
                .toList();
    }
}
