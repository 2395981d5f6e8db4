package io.github.leaderlease.benchmark.lab;

import io.github.leaderlease.benchmark.Run;
import io.github.leaderlease.benchmark.Size;
import io.github.leaderlease.benchmark.peers.Contender;
import io.github.leaderlease.benchmark.report.Distribution;
import io.github.leaderlease.benchmark.report.Grid;
import io.github.leaderlease.benchmark.report.Picture;
import io.github.leaderlease.benchmark.report.Section;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How long nobody leads when the leader resigns. */
public final class Handover {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final double P99 = 0.99;
    private static final double P90 = 0.9;

    /** After a change everybody has time to look again, at most this often, before the next one. */
    private static final Duration ROUND = Duration.ofMillis(1300);

    /** Ours slow down a leader that changes more often for longer. */
    private static final Duration ROUND_ALONE = Duration.ofMillis(1300);

    private Handover() {}

    /** Measures all contenders in turns. */
    public static Section measure(Run run) throws Exception {
        int rounds = run.size().pick(2, 15, 110);
        Map<Contender, List<Double>> millis = new EnumMap<>(Contender.class);
        Section section = new Section(
                "handover",
                "How soon is there a new leader when the old one resigns?",
                "From the call that resigns, in the leader's process, to the callback in the follower's process, by the"
                        + " monotonic clock that both share (which is checked). All contenders run at the same time,"
                        + " leader and follower in a JVM each, and change leaders in turns; the rounds begin at least "
                        + ROUND.toMillis() + " ms apart. The first change of a pair is cold and counts by itself. TTL "
                        + TTL.toSeconds() + " s.");
        Grid grid = section.grid(
                new Grid("handover", "contender", "p50 ms", "p90 ms", "p99 ms", "max ms", "first ms", "runs"));
        try (FailoverLab lab = FailoverLab.open(run, contenders(run), TTL)) {
            for (int round = 0; round < rounds; round++) {
                run.progress().tell((double) round / rounds, "round " + (round + 1) + " of " + rounds);
                long begun = System.nanoTime();
                for (Pair pair : lab.pairs()) {
                    millis.computeIfAbsent(pair.contender(), c -> new ArrayList<>())
                            .add(pair.handover());
                }
                TimeUnit.NANOSECONDS.sleep(ROUND.toNanos() - (System.nanoTime() - begun));
            }
            tell(section, grid, millis);
            lab.tellAbsent(grid);
        }
        alone(run, section);
        return section;
    }

    /** How much of it is owed to the two dozen other processes of the lab. */
    private static void alone(Run run, Section section) throws Exception {
        List<Contender> contenders = switch (run.size()) {
            case TINY -> List.of(Contender.OURS);
            case QUICK -> List.of();
            case FULL -> Contender.told();
        };
        if (contenders.isEmpty()) {
            return;
        }
        int warmUp = run.size().pick(1, 1, 30);
        int rounds = run.size().pick(1, 1, 80);
        Grid grid = section.grid(new Grid(
                "handover-alone", "contender, alone", "p50 ms", "p90 ms", "p99 ms", "max ms", "first ms", "runs"));
        section.remark("*Alone*: one contender after the other, with nothing else on the machine, after " + warmUp
                + " changes that do not count; the rounds begin at least " + ROUND_ALONE.toMillis() + " ms apart.");
        for (Contender contender : contenders) {
            run.progress().tell(1, contender.title() + " alone");
            try (FailoverLab lab = FailoverLab.open(run, List.of(contender), TTL)) {
                lab.tellAbsent(grid);
                for (Pair pair : lab.pairs()) {
                    List<Double> all = handovers(pair, warmUp + rounds);
                    Distribution warm = Distribution.of(all.subList(warmUp, all.size()));
                    grid.row(
                            contender.title(),
                            warm.median(),
                            warm.quantile(P90),
                            warm.quantile(P99),
                            warm.max(),
                            all.get(0),
                            warm.count());
                }
            }
        }
    }

    private static List<Double> handovers(Pair pair, int rounds) throws Exception {
        List<Double> millis = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            long begun = System.nanoTime();
            millis.add(pair.handover());
            TimeUnit.NANOSECONDS.sleep(ROUND_ALONE.toNanos() - (System.nanoTime() - begun));
        }
        return millis;
    }

    private static List<Contender> contenders(Run run) {
        return run.size() == Size.TINY ? Contender.few() : Contender.all(false);
    }

    private static void tell(Section section, Grid grid, Map<Contender, List<Double>> millis) {
        Grid samples = section.samples(new Grid("handover-samples", "contender", "round", "ms"));
        Picture picture = section.picture(Picture.of(
                "handover",
                "Leader resigns: time to the follower's callback",
                "milliseconds, logarithmic: median, and line to p99",
                Picture.Kind.LOGARITHMIC));
        millis.forEach((contender, all) -> {
            for (int i = 0; i < all.size(); i++) {
                samples.row(contender.title(), i, all.get(i));
            }
            Distribution warm = Distribution.of(all.subList(1, all.size()));
            grid.row(
                    contender.title(),
                    warm.median(),
                    warm.quantile(P90),
                    warm.quantile(P99),
                    warm.max(),
                    all.get(0),
                    warm.count());
            picture.add(contender.needs(), contender.title(), warm.median(), warm.quantile(P99), List.of());
        });
    }
}
