package io.github.leaderlease.benchmark.lab;

import io.github.leaderlease.benchmark.Run;
import io.github.leaderlease.benchmark.peers.Contender;
import io.github.leaderlease.benchmark.report.Distribution;
import io.github.leaderlease.benchmark.report.Grid;
import io.github.leaderlease.benchmark.report.Section;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long nobody leads in a rolling deployment: it hands over once, to a process that has just begun. */
public final class Rolling {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final double P99 = 0.99;
    private static final double P90 = 0.9;

    /** For how long a new process has stood, the time to connect included. */
    private static final Duration AGE = Duration.ofSeconds(2);

    private Rolling() {}

    /** Measures leader-lease, alone on the machine. */
    public static Section measure(Run run) throws Exception {
        int rounds = run.size().pick(2, 10, 100);
        Section section = new Section(
                "rolling",
                "How soon is there a new leader in a rolling deployment?",
                "From the call that resigns, in the leader's process, to the callback in the follower's process, as in"
                        + " `handover`, but for each change a new process is launched, which leads after it and hands over to"
                        + " the next: so each change is the first of its pair."
                        + " The new process has stood for " + AGE.toSeconds() + " s, the time to connect included. TTL "
                        + TTL.toSeconds() + " s.");
        Grid grid = section.grid(new Grid("rolling", "contender", "p50 ms", "p90 ms", "p99 ms", "max ms", "pairs"));
        try (FailoverLab lab = FailoverLab.open(run, List.of(Contender.OURS), TTL)) {
            lab.tellAbsent(grid);
            for (Pair pair : lab.pairs()) {
                pair.renewFollower();
                Distribution all = Distribution.of(changes(run, pair, rounds));
                grid.row(
                        pair.contender().title(),
                        all.median(),
                        all.quantile(P90),
                        all.quantile(P99),
                        all.max(),
                        all.count());
            }
        }
        return section;
    }

    private static List<Double> changes(Run run, Pair pair, int rounds) throws Exception {
        List<Double> millis = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            run.progress().tell((double) round / rounds, "new process " + (round + 1) + " of " + rounds);
            millis.add(pair.firstHandover(AGE));
        }
        return millis;
    }
}
