package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import java.sql.SQLException;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.result.RowView;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/**
 * The transaction that opens a new term: the exclusive side of the fence, then the end of the observed term, then the
 * compare-and-set on the lease, then the new term. Term first, lease second, as everywhere: the other order would let one
 * stuck fence hold up the holder's renewals.
 */
final class Acquisition {

    /** The term was ended, but the compare-and-set was lost, so the new term has no token: SQL's "not null violation". */
    private static final String NULL_TOKEN = "23502";

    private final Dialect dialect;
    private final LeaseSql sql;
    private final ExclusiveFence fence;
    private final BoundStatements bounded;
    private final Standing standing;

    Acquisition(Dialect dialect, LeaseSql sql, ExclusiveFence fence, BoundStatements bounded, Standing standing) {
        this.bounded = bounded;
        this.dialect = dialect;
        this.sql = sql;
        this.fence = fence;
        this.standing = standing;
    }

    /** Empty if the election is not as observed any more: then the caller must roll back. */
    OptionalLong attempt(Handle tx, AcquireRequest request) {
        ElectionVersion observed = request.observed();
        fence.take(tx, request.election(), request.lockTimeout());
        if (observed.openTerm() != 0 && !end(tx, sql.endObserved, request, observed.openTerm())) {
            return OptionalLong.empty();
        }
        Newest newest = tx.createQuery(sql.newest)
                .bind("election", request.election())
                .map(row -> {
                    standing.verify(row);
                    return Newest.of(row);
                })
                .one();
        if (!newest.incarnation().equals(observed.incarnation())) {
            return OptionalLong.empty();
        }
        long token = Math.max(
                newest.nowMillis(), 1 + Math.max(request.highestToken(), Math.max(observed.token(), newest.token())));
        try {
            if (!take(tx, request, token)) {
                return OptionalLong.empty();
            }
            bind(tx.createUpdate(sql.insertTerm), request, token)
                    .bind("nodeName", request.nodeName())
                    .bind("metadata", request.metadata())
                    .execute();
            return OptionalLong.of(token);
        } catch (JdbiException e) {
            if (StatementFailure.sqlCause(e).filter(dialect::duplicateKey).isPresent()) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    /** One statement instead of a transaction, where the database can do that; null where it cannot. */
    @Nullable
    String atOnce(AcquireRequest request) {
        if (!request.observed().rowPresent()) {
            return null;
        }
        if (request.observed().openTerm() == 0) {
            return sql.takeVacant.orElse(null);
        }
        return sql.takeover
                .map(text -> fence.first(text, request.lockTimeout()))
                .orElse(null);
    }

    OptionalLong attemptAtOnce(Handle h, String text, AcquireRequest request) {
        ElectionVersion observed = request.observed();
        try {
            return ExclusiveFence.bind(bounded.query(h, text), request.election(), request.lockTimeout())
                    .bind("openTerm", observed.openTerm())
                    .bind("endReason", request.endReason())
                    .bind("incarnation", observed.incarnation())
                    .bind("observedToken", observed.token())
                    .bind("observedRenewal", observed.renewal())
                    .bind("highestToken", request.highestToken())
                    .bind("holderId", request.holderId())
                    .bind("nodeName", request.nodeName())
                    .bind("metadata", request.metadata())
                    .bind("ttl", request.ttl().toMillis())
                    .mapTo(Long.class)
                    .findOne()
                    .map(OptionalLong::of)
                    .orElseGet(OptionalLong::empty);
        } catch (JdbiException e) {
            if (StatementFailure.sqlCause(e).filter(this::isLost).isPresent()) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    private boolean isLost(SQLException e) {
        return dialect.duplicateKey(e) || NULL_TOKEN.equals(e.getSQLState());
    }

    private static boolean end(Handle tx, String sql, AcquireRequest request, long token) {
        return tx.createUpdate(sql)
                        .bind("election", request.election())
                        .bind("token", token)
                        .bind("reason", request.endReason())
                        .execute()
                == 1;
    }

    private boolean take(Handle tx, AcquireRequest request, long token) {
        ElectionVersion observed = request.observed();
        var statement = bind(tx.createUpdate(observed.rowPresent() ? sql.takeLease : sql.insertLease), request, token)
                .bind("incarnation", observed.incarnation());
        if (observed.rowPresent()) {
            statement.bind("observedToken", observed.token()).bind("observedRenewal", observed.renewal());
        }
        return statement.execute() == 1;
    }

    private static Update bind(Update statement, AcquireRequest request, long token) {
        return statement
                .bind("election", request.election())
                .bind("token", token)
                .bind("holderId", request.holderId())
                .bind("ttl", request.ttl().toMillis());
    }

    private record Newest(String incarnation, long nowMillis, long token) {
        static Newest of(RowView row) {
            Long token = row.getColumn("token", Long.class);
            return new Newest(
                    row.getColumn("incarnation", String.class),
                    row.getColumn("now_ms", Long.class),
                    token == null ? 0 : token);
        }
    }
}
