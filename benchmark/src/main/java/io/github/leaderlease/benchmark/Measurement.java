package io.github.leaderlease.benchmark;

import static java.util.concurrent.TimeUnit.MINUTES;

import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

/**
 * Measures all variants with one number of threads. They take turns, A B C A B C …, so that whatever else the machine does
 * hits all of them alike.
 */
final class Measurement implements AutoCloseable {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MICRO = 1e3;

    private final TestDatabase database;
    private final Transactions transactions;
    private final ExecutorService executor;
    private final CyclicBarrier start;
    private final List<Connection> connections = new ArrayList<>();
    private final Connection monitor;

    Measurement(TestDatabase database, Leader leader, int threads) throws SQLException {
        this.database = database;
        this.transactions = Transactions.on(database, leader, threads);
        this.executor = Executors.newFixedThreadPool(threads);
        this.start = new CyclicBarrier(threads);
        this.monitor = database.connection();
        for (int i = 0; i < threads; i++) {
            Connection connection = database.connection();
            connection.setAutoCommit(false);
            connections.add(connection);
        }
    }

    /**
     * Measures each variant of the engine once per round.
     *
     * @param warmUp rounds that do not count
     * @param rounds those that do
     * @param turn how long a variant has the database to itself
     * @return per variant a slice for each round
     */
    Map<Variant, List<Slice>> run(int warmUp, int rounds, Duration turn) throws Exception {
        Map<Variant, List<Slice>> slices = new EnumMap<>(Variant.class);
        for (int round = 0; round < warmUp + rounds; round++) {
            for (Variant variant : Variant.of(database.engine())) {
                Slice slice = turn(variant, turn);
                if (round >= warmUp) {
                    slices.computeIfAbsent(variant, v -> new ArrayList<>()).add(slice);
                }
            }
        }
        return slices;
    }

    private Slice turn(Variant variant, Duration turn) throws Exception {
        List<Callable<long[]>> loops = new ArrayList<>();
        for (Connection connection : connections) {
            loops.add(() -> loop(variant, connection, turn.toNanos()));
        }
        Counters before = Counters.read(database, monitor);
        List<Future<long[]>> ended = executor.invokeAll(loops, 5, MINUTES);
        Counters used = Counters.read(database, monitor).since(before);
        double perSecond = 0;
        List<long[]> all = new ArrayList<>();
        for (Future<long[]> each : ended) {
            long[] took = each.get();
            perSecond += took.length * NANOS_PER_SECOND / Arrays.stream(took).sum();
            all.add(took);
        }
        long[] sorted = all.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        return new Slice(sorted.length, perSecond, sorted[sorted.length / 2] / NANOS_PER_MICRO, used);
    }

    /** How many nanoseconds each transaction took, without a gap between them. */
    private long[] loop(Variant variant, Connection connection, long nanos) throws Exception {
        LongStream.Builder took = LongStream.builder();
        start.await();
        long begun = System.nanoTime();
        long now = begun;
        do {
            transactions.run(variant, connection);
            long then = now;
            now = System.nanoTime();
            took.add(now - then);
        } while (now - begun < nanos);
        return took.build().toArray();
    }

    @Override
    public void close() throws SQLException {
        executor.shutdownNow();
        transactions.close();
        monitor.close();
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
