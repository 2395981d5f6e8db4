package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.TableNames;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** How a store's statements are run: within which bounds, in which transaction, how often, and what their errors mean. */
record Calls(
        Handle handle,
        Dialect dialect,
        TableNames tables,
        BoundStatements bounded,
        LeftBehind leftBehind,
        ExclusiveFence fence) {

    private static final int MAX_ATTEMPTS = 3;

    /** A deadlock's victim was rolled back as a whole, so to try again is to try once. */
    <T> T run(String what, Function<Handle, T> body) {
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

    /** Something that a driver does. */
    @FunctionalInterface
    interface Direct<T> {
        T on(Connection connection) throws SQLException;
    }

    /** What needs no statement of the protocol. */
    <T> T direct(String what, Direct<T> body) {
        return run(what, h -> {
            try {
                return body.on(h.getConnection());
            } catch (SQLException e) {
                throw new StatementFailure(e);
            }
        });
    }

    /** Within a transaction that the server ends by itself if this process freezes in the middle of it. */
    <T> T transaction(Handle h, Function<Handle, T> body) {
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

    /** A transaction that waits for those that are fenced, and can tell who they are. */
    <T> T exclusively(String election, String what, Function<Handle, T> body) {
        return blockersNamed(election, () -> run(what, h -> transaction(h, body)));
    }

    <T> T blockersNamed(String election, Supplier<T> call) {
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

    LeaseStoreException failure(String what, @Nullable SQLException cause, Throwable fallback) {
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
}
