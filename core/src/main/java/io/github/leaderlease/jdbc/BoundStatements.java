package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.Dialect;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;

/**
 * Single statements whose bounds on the server travel with them: one text, one round trip, one transaction, so that nothing
 * of it reaches whoever uses the session next.
 */
final class BoundStatements {

    /** The answer of the settings is of no interest. */
    private static final StatementCustomizer TO_THE_ANSWER = new StatementCustomizer() {
        @Override
        public void afterExecution(PreparedStatement statement, StatementContext context) throws SQLException {
            statement.getMoreResults();
        }
    };

    private final Optional<String> settings;
    private Dialect.Timeouts timeouts;

    BoundStatements(Dialect dialect, Dialect.Timeouts timeouts) {
        this.settings = dialect.transactionBounds();
        this.timeouts = timeouts;
    }

    void timeouts(Dialect.Timeouts next) {
        timeouts = next;
    }

    Dialect.Timeouts timeouts() {
        return timeouts;
    }

    /** For a statement that waits for other transactions no longer than one of ours may. */
    Query query(Handle h, String text) {
        return prepared(h.createQuery(whole(text)), timeouts.rowWait().toMillis());
    }

    /** For a statement that waits for no row: what it may have to wait for is the table, and then nothing else can be done. */
    Query patientQuery(Handle h, String text) {
        return prepared(h.createQuery(whole(text)), timeouts.call().toMillis());
    }

    /** Begins a transaction. */
    void begin(Handle tx) {
        settings.ifPresent(text -> bind(tx.createQuery(text), timeouts.rowWait().toMillis())
                .mapTo(String.class)
                .list());
    }

    private String whole(String text) {
        return settings.map(first -> first + "; " + text).orElse(text);
    }

    private <S extends SqlStatement<S>> S prepared(S statement, long wait) {
        return settings.isPresent() ? bind(statement, wait).addCustomizer(TO_THE_ANSWER) : statement;
    }

    private <S extends SqlStatement<S>> S bind(S statement, long wait) {
        return statement
                .bind("call", timeouts.call().toMillis())
                .bind("rowWait", wait)
                .bind("idle", timeouts.idleInTransaction().toMillis());
    }
}
