package io.github.leaderlease.benchmark.scale;

import io.github.leaderlease.benchmark.Run;
import io.github.leaderlease.benchmark.Size;
import io.github.leaderlease.benchmark.report.Distribution;
import io.github.leaderlease.benchmark.report.Grid;
import io.github.leaderlease.benchmark.report.Picture;
import io.github.leaderlease.benchmark.report.Section;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What an hour of heartbeats does to the table, with and without a transaction elsewhere that holds a snapshot. */
public final class Bloat {

    private static final Duration HEARTBEAT = Duration.ofSeconds(5);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final double NANOS_PER_MILLI = 1e6;
    private static final int POINTS = 24;

    private final Run run;
    private final int leases;
    private final int rounds;
    private final Duration pace;
    private final Grid grid = new Grid(
            "bloat",
            "snapshot elsewhere",
            "leases",
            "heartbeats",
            "size at rest, kB",
            "size at the end, kB",
            "times its rest",
            "HOT %",
            "dead tuples at the end",
            "autovacuums",
            "renewal ms, first tenth",
            "renewal ms, last tenth");
    private final Picture sizes = Picture.of(
            "bloat",
            "Size of leader_lease under an hour's worth of heartbeats",
            "kB with its indexes, over heartbeats so far",
            Picture.Kind.LINES);
    private final Picture times = Picture.of(
            "bloat-renewal",
            "Time of one heartbeat of all leases",
            "milliseconds, over heartbeats so far",
            Picture.Kind.LINES);

    private Bloat(Run run) {
        this.run = run;
        this.leases = run.size().pick(20, 1000, 1000);
        this.rounds = run.size() == Size.FULL
                ? (int) HOUR.dividedBy(HEARTBEAT)
                : run.size().pick(10, 120, 0);
        this.pace = Duration.ofMillis(run.size().pick(0, 50, 100));
    }

    /** Measures without such a transaction, then with one. */
    public static Section measure(Run run) throws Exception {
        return new Bloat(run).measure();
    }

    private Section measure() throws Exception {
        double factor = HEARTBEAT.toMillis() / (double) Math.max(1, pace.toMillis());
        Section section = new Section(
                "bloat",
                "What do heartbeats leave behind?",
                rounds + " heartbeats of " + leases + " leases, one each " + pace.toMillis() + " ms instead of each "
                        + HEARTBEAT.toSeconds() + " s: time runs " + Math.round(factor)
                        + " times as fast. Autovacuum as shipped, except for `autovacuum_naptime`, which cannot be"
                        + " shortened below 1 s: it looks once per second, which stands for "
                        + Math.round(factor) + " s of the real world, where it looks once per 60 s. The size is that of"
                        + " the table with its indexes; at rest means: after `vacuum full`.");
        section.grid(grid);
        section.picture(sizes);
        section.picture(times);
        try (TestDatabase database = DatabaseUnderTest.POSTGRESQL.fresh()) {
            LeaseMigrations.migrate(database.dataSource());
            try (Connection monitor = database.connection()) {
                naptime(monitor, "set autovacuum_naptime = 1");
                try {
                    once(database, monitor, false);
                    once(database, monitor, true);
                } finally {
                    naptime(monitor, "reset autovacuum_naptime");
                }
            }
        }
        return section;
    }

    private void once(TestDatabase database, Connection monitor, boolean snapshot) throws Exception {
        String label = snapshot ? "held" : "none";
        List<TermKey> terms = Stores.hold(monitor, leases);
        execute(monitor, "vacuum full leader_lease");
        execute(monitor, "select pg_stat_reset_single_table_counters('leader_lease'::regclass)");
        long rest = size(monitor);
        List<Double> millis;
        long end;
        Statistics statistics;
        try (Connection elsewhere = database.connection()) {
            if (snapshot) {
                elsewhere.setAutoCommit(false);
                elsewhere.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                execute(elsewhere, "select count(*) from leader_lease");
            }
            try (OurRenewer renewer = new OurRenewer(database, terms)) {
                millis = beat(monitor, renewer, label, snapshot);
            }
            end = size(monitor);
            statistics = Statistics.read(monitor);
        }
        int tenth = Math.max(1, rounds / 10);
        grid.row(
                label,
                leases,
                rounds,
                rest / 1024.0,
                end / 1024.0,
                (double) end / rest,
                100.0 * statistics.hot() / Math.max(1, statistics.updates()),
                statistics.dead(),
                statistics.autovacuums(),
                Distribution.of(millis.subList(0, tenth)).median(),
                Distribution.of(millis.subList(millis.size() - tenth, millis.size()))
                        .median());
    }

    private List<Double> beat(Connection monitor, OurRenewer renewer, String label, boolean second) throws Exception {
        List<Double> millis = new ArrayList<>();
        int every = Math.max(1, rounds / POINTS);
        for (int round = 0; round < rounds; round++) {
            long begun = System.nanoTime();
            renewer.renewAll();
            millis.add((System.nanoTime() - begun) / NANOS_PER_MILLI);
            if (round % every == 0) {
                run.progress()
                        .tell((second ? 0.5 : 0) + 0.5 * round / rounds, "snapshot: " + label + ", heartbeat " + round);
                sizes.add("snapshot: " + label, round, size(monitor) / 1024.0);
                times.add("snapshot: " + label, round, millis.get(round));
            }
            TimeUnit.NANOSECONDS.sleep(pace.toNanos() - (System.nanoTime() - begun));
        }
        return millis;
    }

    /** What the server counts. */
    private record Statistics(long updates, long hot, long dead, long autovacuums) {
        static Statistics read(Connection monitor) throws SQLException, InterruptedException {
            TimeUnit.SECONDS.sleep(1); // a session tells what it did when it ends
            try (Statement statement = monitor.createStatement();
                    ResultSet row =
                            statement.executeQuery("select n_tup_upd, n_tup_hot_upd, n_dead_tup, autovacuum_count"
                                    + " from pg_stat_user_tables where relname = 'leader_lease'")) {
                row.next();
                return new Statistics(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
            }
        }
    }

    private static void naptime(Connection connection, String setting) throws SQLException {
        execute(connection, "alter system " + setting);
        execute(connection, "select pg_reload_conf()");
    }

    private static long size(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_total_relation_size('leader_lease')")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void execute(Connection connection, String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }
}
