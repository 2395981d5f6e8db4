package io.github.leaderlease.demo;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads the leaders' rows from the database every few milliseconds: what is committed, and since when. No table can tell
 * when a row was committed, only when it was written. Safe for use by several threads.
 */
final class CommitWatch implements AutoCloseable {

    private static final long PAUSE_NANOS = Duration.ofMillis(3).toNanos();

    private final String prefix;
    private final Connection connection;
    private final Map<Scratch, Map<Long, Long>> since = new EnumMap<>(Scratch.class);
    private final Map<Scratch, List<Scratch.Row>> rows = new EnumMap<>(Scratch.class);
    private @Nullable SQLException failure;
    private boolean closed;

    private CommitWatch(String prefix, Connection connection) {
        this.prefix = prefix;
        this.connection = connection;
    }

    /**
     * A row that is committed.
     *
     * @param seenAt when it was there for the first time, as {@link System#nanoTime()}
     */
    record Commit(Scratch.Row row, long seenAt) {}

    static CommitWatch start(DemoTables tables) throws SQLException {
        CommitWatch watch = new CommitWatch(tables.prefix(), tables.address().connect());
        Thread thread = new Thread(watch::run, "commit-watch");
        thread.setDaemon(true);
        thread.start();
        return watch;
    }

    private void run() {
        while (look()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private synchronized boolean look() {
        if (closed || failure != null) {
            return false;
        }
        try {
            // the one that is committed last is read first, so that it cannot seem to have been there before the other
            rows.put(Scratch.FENCED, Scratch.FENCED.read(connection, prefix));
            rows.put(Scratch.UNFENCED, Scratch.UNFENCED.read(connection, prefix));
            long now = System.nanoTime();
            rows.forEach((table, read) -> {
                Map<Long, Long> known = since.computeIfAbsent(table, unseen -> new HashMap<>());
                read.forEach(row -> known.putIfAbsent(row.token(), now));
            });
            return true;
        } catch (SQLException e) {
            failure = e;
            return false;
        }
    }

    /** What is in a table now, in the order in which it was committed. */
    synchronized List<Commit> committed(Scratch table) {
        look();
        if (failure != null) {
            throw new PlayStopped(PlayStopped.FAILED, "The tables cannot be read: " + failure.getMessage());
        }
        Map<Long, Long> known = since.getOrDefault(table, Map.of());
        return rows.getOrDefault(table, List.of()).stream()
                .map(row -> new Commit(row, known.getOrDefault(row.token(), 0L)))
                .sorted(Comparator.comparingLong(Commit::seenAt))
                .toList();
    }

    @Override
    public synchronized void close() throws SQLException {
        closed = true;
        connection.close();
    }
}
