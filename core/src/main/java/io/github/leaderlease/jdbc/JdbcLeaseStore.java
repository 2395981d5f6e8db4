package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.AcquireRequest;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.RenewResult;
import io.github.leaderlease.spi.TableNames;
import io.github.leaderlease.spi.TermKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * The lease store on one JDBC connection of its own. Not thread-safe; every call blocks for one or a few round trips.
 *
 * <p>The connection must belong to this store alone: it never joins anybody's transaction.
 */
public final class JdbcLeaseStore implements LeaseStore {

    /** Lists longer than this are split, so that no driver's or server's limit on parameters is met. */
    private static final int CHUNK = 500;

    private static final int MAX_ATTEMPTS = 3;

    private final Handle handle;
    private final Dialect dialect;
    private final LeaseSql sql;
    private final ExclusiveFence fence;
    private final Acquisition acquisition;
    private final Optional<ManyAcquisitions> many;
    private final TableNames tables;
    private final BoundStatements bounded;
    private final ConnectionSettings settings;
    private final Standing standing;
    private final LeftBehind leftBehind;
    private Dialect.Timeouts inForce;

    private JdbcLeaseStore(
            Connection connection,
            Dialect dialect,
            TableNames tables,
            Dialect.Timeouts timeouts,
            ConnectionSettings settings,
            Standing standing,
            LeftBehind leftBehind) {
        this.handle = Jdbi.create(connection)
                .registerArrayType(String.class, "text")
                .registerArrayType(Long.class, "bigint")
                .open();
        this.dialect = dialect;
        this.tables = tables;
        this.inForce = timeouts;
        this.bounded = new BoundStatements(dialect, timeouts);
        this.settings = settings;
        this.standing = standing;
        this.leftBehind = leftBehind;
        this.sql = new LeaseSql(dialect, tables);
        this.fence = new ExclusiveFence(dialect, tables.term());
        this.acquisition = new Acquisition(dialect, sql, fence, bounded, standing);
        this.many = sql.many.map(ManyAcquisitions::new);
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
        return call(
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
        return call("ask where the tables are", h -> {
            try {
                return new TableSearch(h.getConnection(), dialect, chosen).confirm(tables);
            } catch (SQLException e) {
                throw new StatementFailure(e);
            }
        });
    }

    /** A session is told when the bound is another one; where a statement can say it, it costs nothing at all. */
    @Override
    public void limit(Duration bound, Duration left) {
        bounded.timeouts(Dialect.Timeouts.within(left));
        Dialect.Timeouts next = Dialect.Timeouts.within(bound);
        try {
            ConnectionSettings.limit(handle.getConnection(), left);
            if (!next.equals(inForce)) {
                ConnectionSettings.enforce(handle.getConnection(), dialect, next);
                inForce = next;
            }
        } catch (SQLException e) {
            throw failure("set the connection up", e, e);
        }
    }

    @Override
    public Optional<String> session() {
        return leftBehind.own();
    }

    @Override
    public void leftBehind(Collection<String> sessions) {
        leftBehind.add(sessions);
    }

    /**
     * Looks for everything that the protocol needs: tables, columns, the indexes that carry safety, and rights. Changes
     * nothing.
     *
     * @throws LeaseStoreException naming what is missing and how to create or grant it
     */
    public void check() {
        call(
                "check the schema",
                h -> transaction(h, tx -> {
                    SchemaCheck.run(tx.getConnection(), dialect, tables);
                    return true;
                }));
    }

    @Override
    public ReadResult read(List<ReadRequest> followed) {
        if (followed.isEmpty()) {
            throw new IllegalArgumentException("no election to read");
        }
        return call(
                "read",
                h -> sql.readChanged
                        .map(text -> ArrayStatements.read(bounded.patientQuery(h, text), standing, followed))
                        .orElseGet(() -> readChunks(h, followed)));
    }

    private ReadResult readChunks(Handle h, List<ReadRequest> followed) {
        Map<String, ReadResult.Election> elections = new HashMap<>();
        String incarnation = null;
        for (List<ReadRequest> chunk : chunks(followed)) {
            String seen = ReadChunk.read(h, bounded, sql, standing, chunk, elections);
            if (incarnation != null && !incarnation.equals(seen)) {
                throw new LeaseStoreException(
                        Failure.UNAVAILABLE, "the database changed from " + incarnation + " to " + seen, null);
            }
            incarnation = seen;
        }
        return new ReadResult(Objects.requireNonNull(incarnation), standing.session(), elections);
    }

    @Override
    public OptionalLong acquire(AcquireRequest request) {
        if (!request.observed().holdsOn(standing.session())) {
            return OptionalLong.empty();
        }
        String atOnce = acquisition.atOnce(request);
        if (atOnce != null) {
            String what = "acquire " + request.election();
            return blockersNamed(
                    request.election(), () -> call(what, h -> acquisition.attemptAtOnce(h, atOnce, request)));
        }
        return exclusively(request.election(), "acquire " + request.election(), tx -> {
            OptionalLong token = acquisition.attempt(tx, request);
            if (token.isEmpty()) {
                tx.rollback();
            }
            return token;
        });
    }

    @Override
    public Optional<SucceedingTerm> acquireReleased(AcquireRequest request) {
        return sql.takeReleased
                .filter(text -> request.observed().holdsOn(standing.session()))
                .map(text -> call("acquire " + request.election(), h -> acquisition.acquireReleased(h, text, request)))
                .orElseGet(() -> LeaseStore.super.acquireReleased(request));
    }

    @Override
    public Map<String, OptionalLong> acquire(List<AcquireRequest> requests) {
        return many.filter(together -> standing.session() == null)
                .map(together -> call(
                        "acquire " + requests.size() + " leases",
                        h -> transaction(h, tx -> together.attempt(tx, requests))))
                .orElseGet(Map::of);
    }

    @Override
    public void publish(Collection<String> payloads) {
        dialect.notifications()
                .ifPresent(how -> call(
                        "publish",
                        h -> bounded.patientQuery(h, how.publish())
                                .bind("table", tables.lease())
                                .bindArray("texts", String.class, List.copyOf(payloads))
                                .mapToMap()
                                .list()));
    }

    /** Within a transaction that the server ends by itself if this process freezes in the middle of it. */
    private <T> T transaction(Handle h, Function<Handle, T> body) {
        leftBehind.refuseWhileBusy(h);
        dialect.beforeTransaction(bounded.timeouts()).forEach(h::execute);
        try {
            return h.inTransaction(tx -> {
                bounded.begin(tx);
                return body.apply(tx);
            });
        } finally {
            dialect.afterTransaction().forEach(h::execute);
        }
    }

    @Override
    public Map<String, RenewResult> renew(List<TermKey> terms) {
        String what = terms.size() == 1 ? terms.get(0).election() : terms.size() + " leases";
        return call("renew " + what, h -> {
            standing.ask(h, sql);
            if (sql.renewMany.isPresent()) {
                return ArrayStatements.renew(bounded.patientQuery(h, sql.renewMany.get()), terms);
            }
            Map<String, RenewResult> renewed = new HashMap<>();
            chunks(terms).forEach(chunk -> renewed.putAll(transaction(h, tx -> Renewal.pickAndRenew(tx, sql, chunk))));
            return renewed;
        });
    }

    @Override
    public RenewResult renewOne(TermKey term) {
        RenewResult renewed = renew(List.of(term)).get(term.election());
        return renewed != null
                ? renewed
                : call("renew " + term.election(), h -> Renewal.explain(h, sql, bounded, standing, term));
    }

    @Override
    public boolean release(TermKey term, String reason) {
        String what = "release " + term.election();
        Release release =
                new Release(sql, fence, term, reason, bounded.timeouts().rowWait());
        if (sql.releaseAtOnce.isPresent()) {
            return blockersNamed(
                    term.election(), () -> call(what, h -> release.atOnce(h, bounded, sql.releaseAtOnce.get())));
        }
        return exclusively(term.election(), what, tx -> {
            standing.ask(tx, sql);
            return release.within(tx);
        });
    }

    @Override
    public Set<String> release(List<ReleaseRequest> requests) {
        return call("release " + requests.size() + " leases", h -> {
            standing.ask(h, sql);
            if (sql.many.isPresent()) {
                return transaction(h, tx -> ManyReleases.together(tx, sql.many.get(), requests));
            }
            Set<String> released = new HashSet<>();
            chunks(requests)
                    .forEach(chunk -> released.addAll(transaction(h, tx -> ManyReleases.inChunk(tx, sql, chunk))));
            return released;
        });
    }

    /** A transaction that waits for those that are fenced, and can tell who they are. */
    private <T> T exclusively(String election, String what, Function<Handle, T> body) {
        return blockersNamed(election, () -> call(what, h -> transaction(h, body)));
    }

    private <T> T blockersNamed(String election, Supplier<T> call) {
        try {
            return call.get();
        } catch (LeaseStoreException e) {
            if (e.failure() != Failure.BLOCKED || e.blockedBy().isPresent()) {
                throw e;
            }
            String holders = fence.holders(handle, bounded, election);
            throw new LeaseStoreException(
                    Failure.BLOCKED, e.getMessage() + " (held by: " + holders + ")", holders, e.getCause());
        }
    }

    @Override
    public boolean cancel() {
        try {
            return dialect.cancel(handle.getConnection());
        } catch (SQLException e) {
            throw failure("cancel a call", e, e);
        }
    }

    @Override
    public void abort() {
        try {
            handle.getConnection().abort(Runnable::run);
        } catch (SQLException e) {
            throw failure("abort the connection", e, e);
        }
    }

    @Override
    public void close() {
        try (Connection connection = handle.getConnection()) {
            settings.restore(connection, dialect);
        } catch (SQLException e) {
            throw failure("close the connection", e, e);
        }
    }

    /** A deadlock's victim was rolled back as a whole, so to try again is to try once. */
    private <T> T call(String what, Function<Handle, T> body) {
        for (int attempt = 1; ; attempt++) {
            try {
                return body.apply(handle);
            } catch (JdbiException | StatementFailure e) {
                LeaseStoreException failure =
                        failure(what, StatementFailure.sqlCause(e).orElse(null), e);
                if (failure.failure() != Failure.CONFLICT || attempt == MAX_ATTEMPTS) {
                    throw failure;
                }
            }
        }
    }

    private LeaseStoreException failure(String what, @Nullable SQLException cause, Throwable fallback) {
        Failure kind = cause == null ? Failure.OTHER : dialect.classify(cause);
        Throwable shown = cause == null ? fallback : cause;
        String remedy = Optional.ofNullable(cause)
                .flatMap(dialect::remedy)
                .map(setting -> "; " + setting)
                .orElseGet(() -> remedy(kind));
        return new LeaseStoreException(kind, "cannot " + what + ": " + shown.getMessage() + remedy, shown);
    }

    private String remedy(Failure kind) {
        return switch (kind) {
            case READ_ONLY -> SchemaCheck.READ_ONLY_REMEDY;
            case SCHEMA -> "; " + SchemaCheck.remedy(dialect, tables);
            case DENIED -> "; this database user lacks a right: " + SchemaCheck.rights(dialect);
            case BLOCKED -> "; another transaction holds what it needs, or the server is slow";
            case UNAVAILABLE, CONFLICT, OTHER -> "";
        };
    }

    private static <T> List<List<T>> chunks(List<T> all) {
        List<List<T>> chunks = new ArrayList<>();
        for (int from = 0; from < all.size(); from += CHUNK) {
            chunks.add(all.subList(from, Math.min(all.size(), from + CHUNK)));
        }
        return chunks;
    }
}
