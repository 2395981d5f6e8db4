package io.github.leaderlease.benchmark.scale;

import io.github.leaderlease.benchmark.Run;
import io.github.leaderlease.benchmark.Size;
import io.github.leaderlease.benchmark.peers.PeerTables;
import io.github.leaderlease.benchmark.report.Distribution;
import io.github.leaderlease.benchmark.report.Figures;
import io.github.leaderlease.benchmark.report.Grid;
import io.github.leaderlease.benchmark.report.Picture;
import io.github.leaderlease.benchmark.report.Section;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Leases renewed per second, and what that costs, for more and more of them. */
public final class Renewals {

    private static final int COMPARED = 1000;
    private static final int MANY_THREADS = 8;

    private final Run run;
    private final Duration turn;
    private final int rounds;
    private final Grid grid = new Grid(
            "renewals",
            "contender",
            "leases",
            "renewals per second (quartiles)",
            "client CPU ms per 1,000",
            "server CPU ms per 1,000",
            "WAL bytes per renewal");
    private final Grid samples = new Grid(
            "renewals-samples",
            "contender",
            "leases",
            "round",
            "per second",
            "client CPU ms",
            "server CPU ms",
            "WAL bytes");
    private final Picture picture = Picture.of(
            "renewals",
            "Leases renewed per second by one process",
            "medians, logarithmic",
            Picture.Kind.LOGARITHMIC_LARGEST_FIRST);

    private Renewals(Run run) {
        this.run = run;
        this.turn = Duration.ofMillis(run.size().pick(50, 500, 1000));
        this.rounds = run.size().pick(1, 3, 7);
    }

    /** Measures ours with 1 to 10,000 leases, and the peers with as many as they are used for at most. */
    public static Section measure(Run run) throws Exception {
        return new Renewals(run).measure();
    }

    private Section measure() throws Exception {
        Section section = new Section(
                "renewals",
                "How many leases can one process hold?",
                "Each turn renews all leases again and again for " + turn.toMillis() + " ms, "
                        + rounds
                        + " turns, interleaved, after one that does not count. Ours: `LeaseStore.renew`, one connection, one"
                        + " thread. ShedLock: `extend`. Spring Integration: `renewLock`. The peers have a pool with a"
                        + " connection per thread, and do each lock by itself. CPU of the client is that of its JVM,"
                        + " CPU of the server that of all its processes.");
        section.grid(grid);
        section.samples(samples);
        section.picture(picture);
        int[] sizes = run.size() == Size.TINY ? new int[] {1, 10} : new int[] {1, 10, 100, COMPARED, 10_000};
        try (TestDatabase database = DatabaseUnderTest.POSTGRESQL.fresh()) {
            PeerTables.prepare(database);
            for (int i = 0; i < sizes.length; i++) {
                run.progress().tell((double) i / sizes.length, sizes[i] + " leases");
                one(database, sizes[i], sizes[i] == COMPARED || run.size() == Size.TINY);
            }
        }
        return section;
    }

    private void one(TestDatabase database, int leases, boolean withPeers) throws Exception {
        Map<String, Renewer> contenders = new LinkedHashMap<>();
        try (Connection monitor = database.connection()) {
            contenders.put("leader-lease", new OurRenewer(database, Stores.hold(monitor, leases)));
            if (withPeers) {
                for (int threads : List.of(1, MANY_THREADS)) {
                    String suffix = threads == 1 ? ", 1 thread" : ", " + threads + " threads";
                    contenders.put("ShedLock" + suffix, PeerRenewers.shedLock(database, threads, leases));
                    contenders.put("Spring Integration" + suffix, PeerRenewers.spring(database, threads, leases));
                }
            }
            measure(monitor, contenders, leases);
        } finally {
            contenders.values().forEach(Renewer::close);
        }
    }

    private void measure(Connection monitor, Map<String, Renewer> contenders, int leases) throws Exception {
        Optional<ServerProcesses> server = ServerProcesses.of(monitor);
        Map<String, List<Turn>> turns = new LinkedHashMap<>();
        for (int round = 0; round <= rounds; round++) {
            for (Map.Entry<String, Renewer> contender : contenders.entrySet()) {
                Turn done = turn(monitor, server, contender.getValue(), leases);
                if (round > 0) {
                    turns.computeIfAbsent(contender.getKey(), name -> new ArrayList<>())
                            .add(done);
                }
            }
        }
        turns.forEach((contender, all) -> {
            Distribution perSecond = tell(contender, leases, all);
            if (turns.size() > 1) {
                picture.add(Figures.show(leases) + " leases", contender, perSecond.median());
            }
        });
    }

    /** What one turn did and used up. */
    private record Turn(double renewals, Usage used) {
        double perSecond() {
            return renewals / used.seconds();
        }
    }

    private Turn turn(Connection monitor, Optional<ServerProcesses> server, Renewer renewer, int leases)
            throws Exception {
        Usage before = Usage.read(monitor, server);
        long renewals = 0;
        do {
            renewer.renewAll();
            renewals += leases;
        } while (System.nanoTime() - before.nanos() < turn.toNanos());
        return new Turn(renewals, Usage.read(monitor, server).since(before));
    }

    private Distribution tell(String contender, int leases, List<Turn> turns) {
        for (int i = 0; i < turns.size(); i++) {
            Usage used = turns.get(i).used();
            samples.row(
                    contender,
                    leases,
                    i,
                    turns.get(i).perSecond(),
                    used.clientMillis(),
                    used.serverMillis(),
                    used.walBytes());
        }
        double thousands = turns.stream().mapToDouble(Turn::renewals).sum() / 1000;
        Distribution perSecond =
                Distribution.of(turns.stream().map(Turn::perSecond).toList());
        grid.row(
                contender,
                leases,
                Figures.spread(perSecond),
                turns.stream().mapToDouble(each -> each.used().clientMillis()).sum() / thousands,
                turns.stream().mapToDouble(each -> each.used().serverMillis()).sum() / thousands,
                turns.stream().mapToDouble(each -> each.used().walBytes()).sum() / thousands / 1000);
        return perSecond;
    }
}
