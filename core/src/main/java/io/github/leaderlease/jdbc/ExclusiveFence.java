package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.SqlStatements;

/** The side of the fence that waits for all transactions that are fenced with a term, before the term ends. */
record ExclusiveFence(Dialect dialect, String term) {

    void take(Handle tx, String election, Duration lockTimeout) {
        dialect.exclusiveFence(term, lockTimeout)
                .ifPresent(lock -> bind(tx.createQuery(lock), election, lockTimeout)
                        .mapToMap()
                        .list());
    }

    /** A statement that takes it first. */
    String first(String text, Duration lockTimeout) {
        return text.replace("{fence}", dialect.exclusiveFence(term, lockTimeout).orElseThrow());
    }

    /** Who is in the way, or why that cannot be told. */
    String holders(Handle h, BoundStatements bounded, String election) {
        Optional<String> question = dialect.fenceHolders(term);
        if (question.isEmpty()) {
            return "this database does not tell which session";
        }
        try {
            List<String> sessions = bind(bounded.query(h, question.get()), election, Duration.ZERO)
                    .mapTo(String.class)
                    .list();
            return sessions.isEmpty()
                    ? "no fenced transaction that this database user can see: something else holds the table or its rows"
                    : String.join(", ", sessions);
        } catch (JdbiException e) {
            boolean denied = StatementFailure.sqlCause(e)
                    .filter(cause -> dialect.classify(cause) == Failure.DENIED)
                    .isPresent();
            return "cannot tell which session: " + (denied ? dialect.fenceHoldersPrivilege() : e.getMessage());
        }
    }

    /** A dialect's statement uses what it needs. */
    static Query bind(Query query, String election, Duration wait) {
        return query.configure(SqlStatements.class, config -> config.setUnusedBindingAllowed(true))
                .bind("fence", FenceKey.of(election))
                .bind("wait", wait.toMillis())
                .bind("election", election);
    }
}
