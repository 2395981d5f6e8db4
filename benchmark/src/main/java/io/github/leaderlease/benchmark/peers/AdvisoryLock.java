package io.github.leaderlease.benchmark.peers;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's advisory lock of a session, by hand. The fastest there is, and nobody takes it from a leader that is frozen
 * or cut off: it lasts as long as its connection.
 */
final class AdvisoryLock extends Turns {

    private final Endpoints endpoints;
    private final int key;
    private final @Nullable Duration pause;
    private @Nullable Connection connection;

    /**
     * A candidate.
     *
     * @param pause between two attempts; null to wait within the server
     */
    AdvisoryLock(Endpoints endpoints, int key, @Nullable Duration pause) {
        this.endpoints = endpoints;
        this.key = key;
        this.pause = pause;
    }

    @Override
    void acquire() throws Exception {
        if (pause == null) {
            ask("select pg_advisory_lock(" + key + ") is not null");
        } else {
            until(pause, () -> ask("select pg_try_advisory_lock(" + key + ")"));
        }
    }

    @Override
    boolean keep() throws SQLException {
        return ask("select true");
    }

    @Override
    void release() throws SQLException {
        ask("select pg_advisory_unlock(" + key + ")");
    }

    private boolean ask(String query) throws SQLException {
        Connection own = connection;
        if (own == null) {
            own = DriverManager.getConnection(endpoints.of("url"), endpoints.of("user"), endpoints.of("password"));
            connection = own;
        }
        try (Statement statement = own.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() && row.getBoolean(1);
        }
    }
}
