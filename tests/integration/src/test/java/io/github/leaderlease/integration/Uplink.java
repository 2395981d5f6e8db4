package io.github.leaderlease.integration;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What one coordinator reaches its database through, until it is cut: to the database that is like a crash. */
final class Uplink {

    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    /** Gives connections, and once it is cut none. */
    DataSource to(PGSimpleDataSource database) {
        return TamperedConnection.each(database, connection -> {
            open.add(connection);
            if (cut) {
                abort(connection);
            }
            return connection;
        });
    }

    void cut() {
        cut = true;
        open.forEach(Uplink::abort);
    }

    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            throw new IllegalStateException("a connection cannot be cut", e);
        }
    }
}
