package io.github.leaderlease.integration;

import io.github.leaderlease.WorkerFence;
import io.github.leaderlease.jdbc.JdbcLeaseStore;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TableNames;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Terms of a process that has died without a word: nobody renews them, only workers of its still know them. */
final class AbandonedTerms implements AutoCloseable {

    static final String NODE = "dead";

    private static final Dialect.Timeouts BOUNDS =
            new Dialect.Timeouts(Duration.ofSeconds(10), Duration.ofMillis(300), Duration.ofSeconds(10));

    private final TestDatabase database;
    private final JdbcLeaseStore store;
    private final Duration ttl;
    private final List<TermKey> terms = new ArrayList<>();

    private AbandonedTerms(TestDatabase database, JdbcLeaseStore store, Duration ttl) {
        this.database = database;
        this.store = store;
        this.ttl = ttl;
    }

    static AbandonedTerms on(TestDatabase database, Duration ttl) throws SQLException {
        return on(database, database.connection(), ttl);
    }

    /** As the database user of this connection. */
    static AbandonedTerms on(TestDatabase database, Connection connection, Duration ttl) throws SQLException {
        Dialect dialect = FenceDialects.of(database);
        return new AbandonedTerms(database, JdbcLeaseStore.open(connection, dialect, TableNames.PLAIN, BOUNDS), ttl);
    }

    /** Opens a term, and ends the one that is open, whoever renews it. */
    TermKey begin(String election) {
        return begin(election, Duration.ofSeconds(5)).orElseThrow();
    }

    /** Fails as BLOCKED if fences stand in the way for longer than this. */
    Optional<TermKey> begin(String election, Duration lockTimeout) {
        ReadResult reading = store.read(Map.of(election, 0L));
        String holder = NODE + terms.size();
        AcquireRequest request = new AcquireRequest(
                election,
                ElectionVersion.of(reading.incarnation(), reading.elections().get(election)),
                holder,
                NODE,
                null,
                ttl,
                0,
                "EXPIRED",
                lockTimeout);
        OptionalLong token = store.acquire(request);
        token.ifPresent(number -> terms.add(new TermKey(election, number, holder)));
        return token.isEmpty() ? Optional.empty() : Optional.of(terms.get(terms.size() - 1));
    }

    /** The last sign of life. */
    void renew() {
        store.renew(terms);
    }

    /** A worker that has written its token and fenced, and does not come to its commit. */
    Connection stuckWorker(TermKey term) throws SQLException {
        Connection connection = database.connection();
        connection.setAutoCommit(false);
        work(connection, term);
        WorkerFence.create().fence(connection, term.election(), term.token(), term.holderId());
        return connection;
    }

    /** Where workers write; two elections may well have the same token. */
    static void createWork(TestDatabase database) throws SQLException {
        Sql.run(database, "create table work (election varchar(190) not null, token bigint not null)");
    }

    /** A write that bears its term's token. */
    static void work(Connection connection, TermKey term) throws SQLException {
        Sql.run(connection, "insert into work values ('" + term.election() + "', " + term.token() + ")");
    }

    @Override
    public void close() {
        store.close();
    }
}
