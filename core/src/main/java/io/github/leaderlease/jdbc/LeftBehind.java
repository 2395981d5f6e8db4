package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Sessions in which the server may go on with a call that this process has given up. */
final class LeftBehind {

    private final Dialect.@Nullable Sessions queries;
    private final @Nullable String own;
    private final Set<String> sessions = new TreeSet<>();

    private LeftBehind(Dialect.@Nullable Sessions queries, @Nullable String own) {
        this.queries = queries;
        this.own = own;
    }

    static LeftBehind of(Connection connection, Dialect dialect) throws SQLException {
        Dialect.Sessions queries = dialect.sessions().orElse(null);
        if (queries == null) {
            return new LeftBehind(null, null);
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(queries.own())) {
            return new LeftBehind(queries, row.next() ? row.getString(1) : null);
        }
    }

    Optional<String> own() {
        return Optional.ofNullable(own);
    }

    /** After a restart of the server this one may have the name that another one had. */
    void add(Collection<String> others) {
        sessions.addAll(others);
        sessions.removeIf(each -> each.equals(own));
    }

    /** A call that writes would wait as well, and be left behind in its turn. */
    void refuseWhileBusy(Handle h) {
        if (queries == null || sessions.isEmpty()) {
            return;
        }
        int busy = h.createQuery(queries.busy())
                .bindList("sessions", sessions)
                .mapTo(Integer.class)
                .one();
        if (busy > 0) {
            String names = String.join(" or ", sessions);
            throw new LeaseStoreException(
                    Failure.BLOCKED,
                    "a call that this node has given up still goes on in session " + names
                            + " of the server: its commit waits for a replica",
                    "session " + names + " of this node, whose commit waits for a replica",
                    null);
        }
        sessions.clear();
    }
}
