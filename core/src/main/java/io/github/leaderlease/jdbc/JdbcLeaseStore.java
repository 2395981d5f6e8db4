package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.LeaseStore.RenewResult;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.PresenceStore;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TableNames;
import io.github.leaderlease.spi.TermKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The lease store on one JDBC connection of its own. Not thread-safe; every call blocks for one or a few round trips. The
 * connection must belong to this store alone: it never joins anybody's transaction.
 */
public final class JdbcLeaseStore implements LeaseStore {

    private final Dialect dialect;
    private final LeaseSql sql;
    private final ExclusiveFence fence;
    private final Acquisition acquisition;
    private final Calls calls;
    private final Optional<ManyAcquisitions> many;
    private final JdbcPresence presence;
    private final TableNames tables;
    private final BoundStatements bounded;
    private final ConnectionSettings settings;
    private final Standing standing;
    private Dialect.Timeouts inForce;

    private JdbcLeaseStore(
            Connection connection,
            Dialect dialect,
            TableNames tables,
            Dialect.Timeouts timeouts,
            ConnectionSettings settings,
            Standing standing,
            LeftBehind leftBehind) {
        Handle handle = Jdbi.create(connection)
                .registerArrayType(String.class, "text")
                .registerArrayType(Long.class, "bigint")
                .open();
        this.dialect = dialect;
        this.tables = tables;
        this.inForce = timeouts;
        this.bounded = new BoundStatements(dialect, timeouts);
        this.settings = settings;
        this.standing = standing;
        this.sql = new LeaseSql(dialect, tables);
        this.fence = new ExclusiveFence(dialect, tables.term());
        this.calls = new Calls(handle, dialect, tables, bounded, leftBehind, fence);
        this.acquisition = new Acquisition(dialect, sql, fence, bounded, standing);
        this.many = sql.many.map(ManyAcquisitions::new);
        this.presence = new JdbcPresence(calls, new PresenceSql(new Texts(dialect, tables)));
    }

    /**
     * Prepares a connection for the protocol: autocommit, READ COMMITTED, and bounds on everything, whatever it was set
     * to before. {@link #close()} puts the former settings back.
     *
     * @param connection for this store alone; closed with it
     * @param dialect the one that accepts this connection
     * @param tables where the tables are; located first if they were not yet
     * @param timeouts how long things may take
     * @return the store
     * @throws SQLException if the server or the driver refuses
     * @throws LeaseStoreException if there are no such tables, or more than one set of them
     */
    public static JdbcLeaseStore open(
            Connection connection, Dialect dialect, TableNames tables, Dialect.Timeouts timeouts) throws SQLException {
        ConnectionSettings settings = ConnectionSettings.apply(connection, dialect, timeouts);
        try {
            Dialect forServer = dialect.forStore(connection);
            Standing standing = Standing.mark(connection, forServer);
            TableNames located = TableSearch.locate(connection, forServer, tables);
            LeftBehind leftBehind = LeftBehind.of(connection, forServer);
            return new JdbcLeaseStore(connection, forServer, located, timeouts, settings, standing, leftBehind);
        } catch (SQLException | RuntimeException e) {
            settings.restoreAfter(e, connection, dialect);
            throw e;
        }
    }

    /**
     * The set of tables that this store works on.
     *
     * @return which, as read now
     */
    public Installation installation() {
        return calls.run(
                "read " + tables.installation(),
                h -> bounded.patientQuery(h, Installation.query(dialect, tables))
                        .map((row, context) -> new Installation(tables, row.getString(1), row.getString(2)))
                        .findOne()
                        .orElseThrow(() -> Installation.empty(tables)));
    }

    /**
     * Whether somebody who connects now, with the same settings, would use the same tables.
     *
     * @param chosen the tables as they were chosen
     * @return what an operator should know; empty if all is well
     * @throws LeaseStoreException if they would use others
     */
    public Optional<String> confirm(TableNames chosen) {
        return calls.direct(
                "ask where the tables are", connection -> new TableSearch(connection, dialect, chosen).confirm(tables));
    }

    /** A session is told when the bound is another one; where a statement can say it, it costs nothing at all. */
    @Override
    public void limit(Duration bound, Duration left) {
        bounded.timeouts(Dialect.Timeouts.within(left));
        Dialect.Timeouts next = Dialect.Timeouts.within(bound);
        calls.direct("set the connection up", connection -> {
            ConnectionSettings.limit(connection, left);
            if (!next.equals(inForce)) {
                ConnectionSettings.enforce(connection, dialect, next);
                inForce = next;
            }
            return true;
        });
    }

    @Override
    public Optional<String> session() {
        return calls.leftBehind().own();
    }

    @Override
    public void leftBehind(Collection<String> sessions) {
        calls.leftBehind().add(sessions);
    }

    /**
     * Looks for everything that the protocol needs: tables, columns, the indexes that carry safety, and rights. Changes
     * nothing.
     *
     * @throws LeaseStoreException naming what is missing and how to create or grant it
     */
    public void check() {
        calls.run(
                "check the schema",
                h -> calls.transaction(h, tx -> {
                    SchemaCheck.run(tx.getConnection(), dialect, tables);
                    return true;
                }));
    }

    @Override
    public ReadResult read(List<ReadRequest> followed) {
        if (followed.isEmpty()) {
            throw new IllegalArgumentException("no election to read");
        }
        return calls.run(
                "read",
                h -> sql.readChanged
                        .map(text -> ArrayStatements.read(bounded.patientQuery(h, text), standing, followed))
                        .orElseGet(() -> ChunkedRead.read(h, bounded, sql, standing, followed)));
    }

    @Override
    public OptionalLong acquire(AcquireRequest request) {
        if (!request.observed().holdsOn(standing.session())) {
            return OptionalLong.empty();
        }
        String what = "acquire " + request.election();
        String atOnce = acquisition.atOnce(request);
        if (atOnce != null) {
            return calls.blockersNamed(
                    request.election(), () -> calls.run(what, h -> acquisition.attemptAtOnce(h, atOnce, request)));
        }
        return calls.exclusively(request.election(), what, tx -> {
            OptionalLong token = acquisition.attempt(tx, request);
            if (token.isEmpty()) {
                tx.rollback();
            }
            return token;
        });
    }

    @Override
    public Map<String, OptionalLong> acquire(List<AcquireRequest> requests) {
        return many.filter(together -> standing.session() == null)
                .map(together -> calls.run(
                        "acquire " + requests.size() + " leases",
                        h -> calls.transaction(h, tx -> together.attempt(tx, requests))))
                .orElseGet(Map::of);
    }

    @Override
    public void publish(Collection<String> payloads) {
        dialect.notifications()
                .ifPresent(how -> calls.run(
                        "publish",
                        h -> bounded.patientQuery(h, how.publish())
                                .bind("table", tables.lease())
                                .bindArray("texts", String.class, List.copyOf(payloads))
                                .mapToMap()
                                .list()));
    }

    @Override
    public Map<String, RenewResult> renew(List<TermKey> terms) {
        String what = terms.size() == 1 ? terms.get(0).election() : terms.size() + " leases";
        return calls.run("renew " + what, h -> {
            standing.ask(h, sql);
            if (sql.renewMany.isPresent()) {
                return ArrayStatements.renew(bounded.patientQuery(h, sql.renewMany.get()), terms);
            }
            Map<String, RenewResult> renewed = new HashMap<>();
            for (List<TermKey> some : Chunks.of(terms)) {
                renewed.putAll(calls.transaction(h, tx -> Renewal.pickAndRenew(tx, sql, some)));
            }
            return renewed;
        });
    }

    @Override
    public RenewResult renewOne(TermKey term) {
        RenewResult renewed = renew(List.of(term)).get(term.election());
        return renewed != null
                ? renewed
                : calls.run("renew " + term.election(), h -> Renewal.explain(h, sql, bounded, standing, term));
    }

    @Override
    public boolean release(ReleaseRequest request) {
        TermKey term = request.term();
        String what = "release " + term.election();
        Release release = new Release(sql, fence, request, bounded.timeouts().rowWait());
        if (sql.releaseAtOnce.isPresent()) {
            return calls.blockersNamed(
                    term.election(), () -> calls.run(what, h -> release.atOnce(h, bounded, sql.releaseAtOnce.get())));
        }
        return calls.exclusively(term.election(), what, tx -> {
            standing.ask(tx, sql);
            return release.within(tx);
        });
    }

    @Override
    public Set<String> release(List<ReleaseRequest> requests) {
        return calls.run("release " + requests.size() + " leases", h -> {
            standing.ask(h, sql);
            if (sql.many.isPresent()) {
                return calls.transaction(h, tx -> ManyReleases.together(tx, sql.many.get(), requests));
            }
            Set<String> released = new HashSet<>();
            for (List<ReleaseRequest> some : Chunks.of(requests)) {
                released.addAll(calls.transaction(h, tx -> ManyReleases.inChunk(tx, sql, some)));
            }
            return released;
        });
    }

    @Override
    public <T> T presence(Function<PresenceStore, T> call) {
        return call.apply(presence);
    }

    @Override
    public boolean cancel() {
        return calls.direct("cancel a call", dialect::cancel);
    }

    @Override
    public void abort() {
        calls.direct("abort the connection", connection -> {
            dialect.abort(connection);
            return true;
        });
    }

    @Override
    public void close() {
        try (Connection connection = calls.handle().getConnection()) {
            if (connection.isClosed()) {
                dialect.abort(connection); // it broke: nobody else may free what the server holds for it
            } else {
                settings.restore(connection, dialect);
            }
        } catch (SQLException e) {
            throw calls.failure("close the connection", e, e);
        }
    }
}
