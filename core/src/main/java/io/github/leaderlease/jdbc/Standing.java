package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.RowView;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection stands: whether its server takes writes, and whether it is still the session that it was at first.
 * Every read tells both in its own statement, for they may change between two.
 *
 * @param session the mark that this connection carries; null where an incarnation never comes back
 */
record Standing(@Nullable String session) {

    /** Marks a connection. A driver or proxy that replaces it behind our back cannot copy the mark. */
    static Standing mark(Connection connection, Dialect dialect) throws SQLException {
        if (dialect.sessionMark().isEmpty()) {
            return new Standing(null);
        }
        String mark = UUID.randomUUID().toString();
        try (Statement statement = connection.createStatement()) {
            for (String setting : dialect.markSession(mark)) {
                statement.execute(setting);
            }
        }
        return new Standing(mark);
    }

    /** Throws unless the answer comes from a server that takes writes, on the connection that was marked. */
    void verify(RowView row) {
        if (row.getColumn("refuses_writes", Integer.class) != 0) {
            throw new LeaseStoreException(
                    Failure.READ_ONLY,
                    "this server accepts no writes, so its rows may be old: connect to the primary",
                    null);
        }
        if (session != null && !session.equals(row.getColumn("session_mark", String.class))) {
            throw new LeaseStoreException(
                    Failure.UNAVAILABLE,
                    "the driver or a proxy has replaced the connection, perhaps by one to another server",
                    null);
        }
    }

    /**
     * Asks before a write, where a privileged user may write to a server that is read-only for all others: its primary
     * is elsewhere by then. A write in between does no harm: it is as good as one just before.
     */
    void ask(Handle h, LeaseSql sql) {
        if (session != null) {
            h.createQuery(sql.standing)
                    .map(row -> {
                        verify(row);
                        return true;
                    })
                    .one();
        }
    }
}
