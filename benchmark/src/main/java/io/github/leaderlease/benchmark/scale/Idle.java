package io.github.leaderlease.benchmark.scale;

import io.github.leaderlease.benchmark.Run;
import io.github.leaderlease.benchmark.peers.LeaderLease;
import io.github.leaderlease.benchmark.peers.PeerTables;
import io.github.leaderlease.benchmark.report.Grid;
import io.github.leaderlease.benchmark.report.Picture;
import io.github.leaderlease.benchmark.report.Section;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What elections cost while nothing happens. */
public final class Idle {

    private static final Duration BOUND = Duration.ofMinutes(4);
    private static final Duration STEP = Duration.ofMillis(100);

    /** Followers have seen what there is to see, and the pools have filled. */
    private final Duration calm;

    private final Run run;
    private final Duration window;
    private final Grid grid = new Grid(
            "idle",
            "contender",
            "elections × processes",
            "statements per second",
            "connections",
            "WAL bytes per second",
            "transaction ids per second",
            "client CPU ms per second",
            "server CPU ms per second");
    private final Picture picture = Picture.of(
            "idle",
            "Statements per second of idle elections × processes",
            "all processes together, logarithmic",
            Picture.Kind.LOGARITHMIC);

    private Idle(Run run) {
        this.run = run;
        this.calm = Duration.ofMillis(run.size().pick(200, 3000, 3000));
        this.window = Duration.ofSeconds(run.size().pick(1, 6, 20));
    }

    /** How many elections in how many processes. */
    private record Shape(int elections, int processes) {
        @Override
        public String toString() {
            return elections + " × " + processes;
        }
    }

    /** Who makes the elections. */
    private interface Maker {
        IdleElections make(TestDatabase database);
    }

    /** Measures one contender after the other: the log of the server cannot tell them apart. */
    public static Section measure(Run run) throws Exception {
        return new Idle(run).measure();
    }

    private Section measure() throws Exception {
        Section section = new Section(
                "idle",
                "What do idle elections cost?",
                "Elections with a leader, in which nothing happens, for " + window.toSeconds()
                        + " s, with default settings."
                        + " A process is a coordinator or a pool of its own; all are in one JVM here, so its CPU time"
                        + " is that of all processes. Statements are the lines of the server's own log"
                        + " (`log_statement = all`, which adds to its CPU), so `begin` and `commit` count as well.");
        section.grid(grid);
        section.picture(picture);
        List<Shape> shapes = switch (run.size()) {
            case TINY -> List.of(new Shape(2, 2));
            case QUICK -> List.of(new Shape(100, 3), new Shape(10_000, 1));
            case FULL ->
                List.of(new Shape(1, 3), new Shape(10, 3), new Shape(100, 3), new Shape(1000, 1), new Shape(10_000, 1));
        };
        for (int i = 0; i < shapes.size(); i++) {
            Shape shape = shapes.get(i);
            run.progress().tell((double) i / shapes.size(), shape.toString());
            shape(shape);
        }
        return section;
    }

    private void shape(Shape shape) throws Exception {
        int elections = shape.elections();
        int processes = shape.processes();
        String ours = "leader-lease";
        if (LeaderLease.NOTIFICATIONS_CAN_BE_CHOSEN) {
            one(ours + ", polling only", shape, database -> new OurElections(database, elections, processes, false));
        }
        one(ours, shape, database -> new OurElections(database, elections, processes, true));
        if (elections * processes > 1000) {
            grid.row("Spring Integration", shape.toString(), "not run: a thread per election");
            grid.row("ShedLock, each 1 s", shape.toString(), "not run: more per second than its thread can do");
            return;
        }
        one("Spring Integration", shape, database -> new SpringElections(database, elections, processes));
        one("ShedLock, each 1 s", shape, database -> new ShedLockElections(database, elections, processes));
    }

    private void one(String contender, Shape shape, Maker maker) throws Exception {
        try (TestDatabase database = DatabaseUnderTest.POSTGRESQL.fresh();
                TestDatabase other = DatabaseUnderTest.POSTGRESQL.fresh();
                Connection monitor = other.connection()) {
            PeerTables.prepare(database);
            Optional<StatementLog> log;
            try (Connection own = database.connection()) {
                log = StatementLog.begin(own);
            }
            try (IdleElections elections = maker.make(database)) {
                awaitLeaders(elections, shape.elections());
                watch(contender, shape, database, monitor, log);
            }
        }
    }

    private void awaitLeaders(IdleElections elections, int wanted) throws InterruptedException {
        long end = System.nanoTime() + BOUND.toNanos();
        while (elections.led() < wanted) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("only " + elections.led() + " of " + wanted + " elections have a leader"
                        + " after " + BOUND.toSeconds() + " s");
            }
            TimeUnit.NANOSECONDS.sleep(STEP.toNanos());
        }
        TimeUnit.NANOSECONDS.sleep(calm.toNanos());
    }

    private void watch(
            String contender, Shape shape, TestDatabase database, Connection monitor, Optional<StatementLog> log)
            throws Exception {
        Optional<ServerProcesses> server = ServerProcesses.of(monitor);
        if (log.isPresent()) {
            log.get().skip();
        }
        Usage before = Usage.read(monitor, server);
        TimeUnit.NANOSECONDS.sleep(window.toNanos());
        Usage used = Usage.read(monitor, server).since(before);
        double statements = log.isPresent() ? log.get().next().size() / used.seconds() : Double.NaN;
        grid.row(
                contender,
                shape.toString(),
                statements,
                connections(monitor, database),
                used.walBytes() / used.seconds(),
                used.transactionIds() / used.seconds(),
                used.clientMillis() / used.seconds(),
                used.serverMillis() / used.seconds());
        if (statements > 0) {
            picture.add(shape.toString(), contender, statements);
        }
    }

    private static long connections(Connection monitor, TestDatabase database) throws SQLException {
        try (Statement statement = monitor.createStatement();
                ResultSet row = statement.executeQuery(
                        "select count(*) from pg_stat_activity where datname = '" + database.name() + "'")) {
            row.next();
            return row.getLong(1);
        }
    }
}
