package io.github.leaderlease.benchmark.crowd;

import io.github.leaderlease.benchmark.Run;
import io.github.leaderlease.benchmark.lab.Folder;
import io.github.leaderlease.benchmark.peers.Endpoints;
import io.github.leaderlease.benchmark.report.Distribution;
import io.github.leaderlease.benchmark.report.Grid;
import io.github.leaderlease.benchmark.report.Section;
import io.github.leaderlease.benchmark.scale.StatementLog;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What a change of leader takes with more and more candidates. */
public final class Candidates {

    private static final Duration TTL = Duration.ofSeconds(3);

    /** A thousand that poll for a short TTL would ask for more statements than two processors can answer. */
    private static final Duration LONG_TTL = Duration.ofSeconds(10);

    private static final int MOST_WITH_SHORT_TTL = 300;
    private static final Duration CALM = Duration.ofSeconds(2);
    private static final double NANOS_PER_SECOND = 1e9;

    /** Two connections each, and the server of the tests has 300. */
    private static final int WITHOUT_POOLER = 100;

    private final Run run;
    private final int changes;
    private final Grid grid = new Grid(
            "candidates",
            "candidates",
            "TTL s",
            "change",
            "write attempts, median",
            "max",
            "to the new leader s, median",
            "max s",
            "statements per second, idle",
            "changes");
    private final Grid samples =
            new Grid("candidates-samples", "candidates", "change", "round", "write attempts", "to the new leader s");

    private Candidates(Run run) {
        this.run = run;
        this.changes = run.size().pick(1, 1, 5);
    }

    /** Measures crowds of several sizes. */
    public static Section measure(Run run) throws Exception {
        return new Candidates(run).measure();
    }

    private Section measure() throws Exception {
        Section section = new Section(
                "candidates",
                "What do many candidates for one election cost?",
                "Candidates with a coordinator each, up to 250 in a JVM, polling only, through PgBouncer in transaction"
                        + " mode with 16 connections to PostgreSQL. *Dies*: all connections of the leader are cut and new"
                        + " ones refused, which to the others is the same as the death of its process; the time counts"
                        + " from there. *Resigns*: it says so, and as nobody is told, the others find out by polling."
                        + " Attempts are transactions in the server's log that"
                        + " tried to take the lease, those that lost included.");
        section.grid(grid);
        section.samples(samples);
        int[] sizes = switch (run.size()) {
            case TINY -> new int[] {3};
            case QUICK -> new int[] {3, 30};
            case FULL -> new int[] {3, 10, 30, 100, 300, 1000};
        };
        for (int i = 0; i < sizes.length; i++) {
            run.progress().tell((double) i / sizes.length, sizes[i] + " candidates");
            size(sizes[i]);
        }
        return section;
    }

    private void size(int candidates) throws Exception {
        Path folder = Files.createTempDirectory("leader-lease-crowd-");
        try (TestDatabase database = DatabaseUnderTest.POSTGRESQL.fresh()) {
            LeaseMigrations.migrate(database.dataSource());
            Optional<StatementLog> log;
            try (Connection own = database.connection()) {
                log = StatementLog.begin(own);
            }
            Optional<Pooler> pooler = Pooler.start(database, folder);
            try {
                if (pooler.isEmpty() && candidates > WITHOUT_POOLER) {
                    grid.row(candidates, "", "not run (no pgbouncer here)");
                    return;
                }
                crowd(candidates, endpoints(database, pooler), log);
            } catch (TimeoutException overloaded) {
                grid.row(candidates, ttl(candidates).toSeconds(), "not measured: " + overloaded.getMessage());
            } finally {
                pooler.ifPresent(Pooler::close);
            }
        } finally {
            Folder.delete(folder);
        }
    }

    private static Endpoints endpoints(TestDatabase database, Optional<Pooler> pooler) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("url", pooler.map(each -> each.url(database)).orElse(database.url()));
        all.put("user", database.user());
        all.put("password", database.password());
        return new Endpoints(all);
    }

    private void crowd(int candidates, Endpoints endpoints, Optional<StatementLog> log) throws Exception {
        Path file = run.report().folder().resolve("crowd.log");
        try (Crowd crowd = new Crowd(candidates, ttl(candidates), endpoints, file)) {
            crowd.awaitReady();
            Changes deaths = new Changes();
            Changes resignations = new Changes();
            for (int i = 0; i < changes; i++) {
                deaths.add(crowd, "die", log);
                crowd.tell("revive");
                resignations.add(crowd, "resign", log);
            }
            tell(candidates, "dies", deaths, log);
            tell(candidates, "resigns", resignations, log);
        }
    }

    private void tell(int candidates, String what, Changes changed, Optional<StatementLog> log) {
        Distribution seconds = Distribution.of(changed.seconds);
        Distribution attempts = Distribution.of(changed.attempts);
        boolean counted = log.isPresent();
        for (int i = 0; i < changed.seconds.size(); i++) {
            samples.row(candidates, what, i + 1, counted ? changed.attempts.get(i) : "", changed.seconds.get(i));
        }
        grid.row(
                candidates,
                ttl(candidates).toSeconds(),
                what,
                counted ? attempts.median() : "not counted",
                counted ? attempts.max() : "",
                seconds.median(),
                seconds.max(),
                counted ? Distribution.of(changed.idle).median() : "",
                seconds.count());
    }

    private static Duration ttl(int candidates) {
        return candidates > MOST_WITH_SHORT_TTL ? LONG_TTL : TTL;
    }

    /** Some changes of one kind. */
    private static final class Changes {

        private final List<Double> seconds = new ArrayList<>();
        private final List<Double> attempts = new ArrayList<>();
        private final List<Double> idle = new ArrayList<>();

        void add(Crowd crowd, String command, Optional<StatementLog> log) throws Exception {
            TimeUnit.NANOSECONDS.sleep(CALM.toNanos()); // the one before is over for all
            if (log.isPresent()) {
                log.get().skip();
                TimeUnit.SECONDS.sleep(1);
                idle.add(1.0 * log.get().next().size());
            }
            seconds.add(crowd.change(command) / NANOS_PER_SECOND);
            TimeUnit.SECONDS.sleep(1); // latecomers count too
            attempts.add(log.isPresent() ? 1.0 * Attempts.count(log.get().next()) : Double.NaN);
        }
    }
}
