package io.github.leaderlease.benchmark.calls;

import io.github.leaderlease.benchmark.Run;
import io.github.leaderlease.benchmark.peers.PeerTables;
import io.github.leaderlease.benchmark.report.Distribution;
import io.github.leaderlease.benchmark.report.Figures;
import io.github.leaderlease.benchmark.report.Grid;
import io.github.leaderlease.benchmark.report.Picture;
import io.github.leaderlease.benchmark.report.Section;
import io.github.leaderlease.benchmark.scale.Stores;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.opentest4j.TestAbortedException;

/** What our store adds to its statements, and what the peers' calls take on the same server. */
public final class Calls {

    private static final String OURS = "leader-lease";
    private static final String BARE = "bare statements";
    private static final List<String> CALLS = List.of("acquire", "renew", "release");
    private static final double NANOS_PER_MICRO = 1e3;

    private final Run run;
    private final int cycles;
    private final int rounds;
    private final Grid grid = new Grid(
            "calls",
            "contender",
            "server",
            "acquire µs",
            "renew µs",
            "release µs",
            "ratio to bare: acquire",
            "renew",
            "release");
    private final Picture picture = Picture.of(
            "calls",
            "One renewal on a warm connection",
            "microseconds, logarithmic: medians",
            Picture.Kind.LOGARITHMIC);

    private Calls(Run run) {
        this.run = run;
        this.cycles = run.size().pick(2, 40, 300);
        this.rounds = run.size().pick(1, 6, 15);
    }

    /** Measures all servers that can be had. */
    public static Section measure(Run run) throws Exception {
        return new Calls(run).measure();
    }

    private Section measure() throws Exception {
        Section section = new Section(
                "calls",
                "What does a single call cost?",
                "Medians (quartiles) of " + rounds + " rounds of " + cycles
                        + " cycles of acquire, renew and release on one"
                        + " connection, after as many to warm up; the contenders take turns. *Bare statements* are what the driver was seen to be"
                        + " asked by our store, in the same transactions, replayed by plain JDBC that looks at no answer."
                        + " Ours is a fenced acquire with a row of history; the peers' locks have neither.");
        section.grid(grid);
        section.picture(picture);
        List<DatabaseUnderTest> databases = switch (run.size()) {
            case TINY -> List.of(DatabaseUnderTest.H2_MEMORY);
            case QUICK -> List.of(DatabaseUnderTest.H2_MEMORY, DatabaseUnderTest.POSTGRESQL);
            case FULL ->
                List.of(
                        DatabaseUnderTest.H2_MEMORY,
                        DatabaseUnderTest.H2_SERVER,
                        DatabaseUnderTest.POSTGRESQL,
                        DatabaseUnderTest.MYSQL,
                        DatabaseUnderTest.MARIADB);
        };
        for (int i = 0; i < databases.size(); i++) {
            run.progress().tell((double) i / databases.size(), databases.get(i).toString());
            try (TestDatabase database = databases.get(i).fresh()) {
                server(database);
            } catch (TestAbortedException absent) {
                grid.row(OURS, databases.get(i).toString(), "not run: " + absent.getMessage());
            }
        }
        return section;
    }

    private void server(TestDatabase database) throws Exception {
        Map<String, List<long[]>> nanos = nanos(database, rounds, cycles);
        Map<String, Distribution[]> micros = new LinkedHashMap<>();
        nanos.forEach((contender, all) -> micros.put(contender, distributions(all)));
        Distribution[] bare = micros.getOrDefault(BARE, new Distribution[0]);
        micros.forEach((contender, own) -> {
            List<Object> row = new ArrayList<>(List.of(contender, database.label()));
            for (Distribution each : own) {
                row.add(Figures.spread(each));
            }
            for (int call = 0; contender.equals(OURS) && call < own.length; call++) {
                row.add(own[call].median() / bare[call].median());
            }
            picture.add(database.label(), contender, own[CALLS.indexOf("renew")].median());
            grid.row(row.toArray());
        });
    }

    private static Distribution[] distributions(List<long[]> nanos) {
        Distribution[] all = new Distribution[CALLS.size()];
        for (int call = 0; call < all.length; call++) {
            int which = call;
            all[call] = Distribution.of(
                    nanos.stream().map(each -> each[which] / NANOS_PER_MICRO).toList());
        }
        return all;
    }

    /** How much longer than its bare statements each call takes: medians of the same run. */
    public static Map<String, Double> ratios(TestDatabase database, int rounds, int cycles) throws Exception {
        Map<String, List<long[]>> nanos = nanos(database, rounds, cycles);
        Distribution[] own = distributions(nanos.getOrDefault(OURS, List.of()));
        Distribution[] bare = distributions(nanos.getOrDefault(BARE, List.of()));
        Map<String, Double> ratios = new LinkedHashMap<>();
        for (int call = 0; call < own.length; call++) {
            ratios.put(CALLS.get(call), own[call].median() / bare[call].median());
        }
        return ratios;
    }

    private static Map<String, List<long[]>> nanos(TestDatabase database, int rounds, int cycles) throws Exception {
        PeerTables.prepare(database);
        Map<String, Cycle> contenders = new LinkedHashMap<>();
        try {
            StoreCycle.Recorded recorded = recorded(database);
            Connection plain = database.connection();
            Stores.open(plain); // which sets it up; nobody uses that store
            BareCycle bare = new BareCycle(plain, recorded);
            contenders.put(BARE, bare);
            contenders.put(OURS, new StoreCycle(Stores.open(database.connection()), "ours"));
            contenders.put("ShedLock", PeerCycles.shedLock(database));
            contenders.put("Spring Integration", PeerCycles.spring(database));
            Map<String, List<long[]>> nanos = turns(contenders, rounds, cycles);
            bare.verify();
            return nanos;
        } finally {
            for (Cycle each : contenders.values()) {
                each.close();
            }
        }
    }

    /** Of one cycle that is not the first, so that there is a row already, and a term before it. */
    private static StoreCycle.Recorded recorded(TestDatabase database) throws Exception {
        Recorder recorder = new Recorder();
        try (StoreCycle cycle = new StoreCycle(Stores.open(recorder.listenTo(database.connection())), "bare")) {
            cycle.run();
            return cycle.record(recorder);
        }
    }

    private static Map<String, List<long[]>> turns(Map<String, Cycle> contenders, int rounds, int cycles)
            throws Exception {
        Map<String, List<long[]>> nanos = new LinkedHashMap<>();
        for (int round = -rounds; round < rounds; round++) {
            for (Map.Entry<String, Cycle> contender : contenders.entrySet()) {
                for (int i = 0; i < cycles; i++) {
                    long[] took = contender.getValue().run();
                    if (round >= 0) {
                        nanos.computeIfAbsent(contender.getKey(), name -> new ArrayList<>())
                                .add(took);
                    }
                }
            }
        }
        return nanos;
    }
}
