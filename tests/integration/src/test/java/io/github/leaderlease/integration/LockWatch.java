package io.github.leaderlease.integration;

import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Looks every few milliseconds how many sessions of a PostgreSQL database there are, and how many wait for a lock. */
final class LockWatch implements AutoCloseable {

    private static final long PERIOD_MILLIS = 20;
    private static final String SESSIONS = "from pg_stat_activity where datname = current_database()"
            + " and pid <> pg_backend_pid() and backend_type = 'client backend'";
    private static final String LOOK = "select unnest(array[(select count(*) " + SESSIONS + "), (select count(*) "
            + SESSIONS + " and wait_event_type = 'Lock')])";

    private final Connection connection;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger samples = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();

    private LockWatch(Connection connection) {
        this.connection = connection;
        var unused = thread.scheduleAtFixedRate(this::sample, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    static LockWatch over(TestDatabase database) throws SQLException {
        return new LockWatch(database.connection());
    }

    private void sample() {
        try {
            List<String> seen = Sql.list(connection, LOOK);
            connections.accumulateAndGet(Integer.parseInt(seen.get(0)), Math::max);
            waiting.accumulateAndGet(Integer.parseInt(seen.get(1)), Math::max);
            samples.incrementAndGet();
        } catch (SQLException e) {
            throw new IllegalStateException("the watch cannot look", e);
        }
    }

    /** How often it looked. */
    int samples() {
        return samples.get();
    }

    int mostConnections() {
        return connections.get();
    }

    int mostWaiting() {
        return waiting.get();
    }

    @Override
    public void close() throws SQLException {
        thread.shutdownNow();
        connection.close();
    }
}
