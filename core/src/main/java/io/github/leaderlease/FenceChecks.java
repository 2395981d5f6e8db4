package io.github.leaderlease;

import io.github.leaderlease.jdbc.JdbcFence;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.TableNames;
import io.github.leaderlease.spi.TermKey;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What can be wrong with a fence, and how to say it. */
final class FenceChecks {

    private FenceChecks() {}

    /** What the driver knows, as a rule without asking the server. */
    static void beforehand(Connection connection, TermKey term, Dialect dialect) {
        open(connection, term);
        try {
            if (connection.getAutoCommit() && !isEnlisted(connection, dialect)) {
                throw unfit(
                        term,
                        "the connection is in autocommit mode, so the fence would end with its own statement",
                        "call setAutoCommit(false) before the first statement of the transaction");
            }
        } catch (SQLException e) {
            throw new LeaderLeaseException(what(term) + "the connection does not answer: " + e.getMessage(), e);
        }
    }

    static void open(Connection connection, TermKey term) {
        try {
            if (connection.isClosed()) {
                throw unfit(term, "the connection is closed", "fence before the commit, and commit before closing it");
            }
        } catch (SQLException e) {
            throw new LeaderLeaseException(what(term) + "the connection does not answer: " + e.getMessage(), e);
        }
    }

    /** A transaction manager may enlist a connection with its first statement; and an XA branch knows no autocommit. */
    private static boolean isEnlisted(Connection connection, Dialect dialect) throws SQLException {
        connection.createStatement().close();
        return !connection.getAutoCommit() || dialect.insideXa(connection);
    }

    static String url(Connection connection) {
        try {
            return String.valueOf(connection.getMetaData().getURL());
        } catch (SQLException e) {
            throw new LeaderLeaseException("cannot ask the connection where it leads to: " + e.getMessage(), e);
        }
    }

    static IllegalStateException readOnly(TermKey term, @Nullable Throwable cause) {
        return new IllegalStateException(
                what(term) + "the transaction is read-only, so there is nothing to fence; fence the one that writes",
                cause);
    }

    static NotLeaderException over(
            TermKey term, JdbcFence.Answer found, @Nullable Leader successor, @Nullable Throwable cause) {
        LossReason written = found.endReason() == null ? null : LossReason.parse(found.endReason());
        LossReason reason = found.state() == JdbcFence.State.MISSING ? LossReason.TERM_MISSING : written;
        NotLeaderException.End end = new NotLeaderException.End(true, reason, found.endedAt(), successor);
        return new NotLeaderException(term.election(), term.token(), end, cause);
    }

    /** A statement of the fence failed. Whatever it was, this transaction is not fenced. */
    static RuntimeException refused(
            TermKey term, Dialect dialect, Connection connection, TableNames tables, SQLException e) {
        Failure kind = dialect.classify(e);
        if (kind == Failure.READ_ONLY) {
            return readOnly(term, e);
        }
        String remedy = switch (kind) {
            case SCHEMA ->
                "; is this the coordinator's database and schema? It must have " + tables.term()
                        + " as the newest migration makes it (docs/migrations.md)";
            case DENIED -> "; grant what leader-lease/grants/" + dialect.name() + "/fence.sql grants";
            case CONFLICT -> "; the term ended meanwhile or another transaction was in the way";
            case OTHER -> isForeign(dialect, connection) ? "; this is no " + dialect.name() + " connection" : "";
            case READ_ONLY, UNAVAILABLE, BLOCKED -> "";
        };
        return new LeaderLeaseException(what(term) + e.getMessage() + remedy + "; roll back", e);
    }

    private static boolean isForeign(Dialect dialect, Connection connection) {
        try {
            return !dialect.supports(connection);
        } catch (SQLException unknown) {
            return false; // after an error PostgreSQL answers nothing more in this transaction
        }
    }

    static IllegalStateException unseen(TermKey term) {
        return unfit(
                term,
                "this transaction does not see the term, but the coordinator's own connection does",
                "either it is a connection to another database or schema than the coordinator's, or its isolation level is"
                        + " REPEATABLE READ or stricter and it began before the term did");
    }

    static IllegalStateException unfit(TermKey term, String problem, String remedy) {
        return new IllegalStateException(what(term) + problem + ": " + remedy);
    }

    static String what(TermKey term) {
        return "cannot fence election '" + term.election() + "', term " + term.token() + ": ";
    }
}
