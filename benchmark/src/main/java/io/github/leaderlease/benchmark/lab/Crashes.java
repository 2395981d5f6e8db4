package io.github.leaderlease.benchmark.lab;

import io.github.leaderlease.benchmark.Run;
import io.github.leaderlease.benchmark.Size;
import io.github.leaderlease.benchmark.lab.Pair.Blow;
import io.github.leaderlease.benchmark.peers.Contender;
import io.github.leaderlease.benchmark.report.Distribution;
import io.github.leaderlease.benchmark.report.Grid;
import io.github.leaderlease.benchmark.report.Picture;
import io.github.leaderlease.benchmark.report.Section;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** How long nobody leads when the leader's process is killed or stopped. */
public final class Crashes {

    private static final Duration TTL = Duration.ofSeconds(3);

    /** Followers have been followers for a while when their leader is struck. */
    private static final Duration CALM = Duration.ofSeconds(2);

    /** The blows fall at any time of the heartbeats, not all at once. */
    private static final Duration SPREAD = Duration.ofMillis(1500);

    private static final Duration WINDOW = TTL.multipliedBy(2);
    private static final double MICROS_PER_SECOND = 1e6;
    private static final long SEED = 20;

    private final Run run;
    private final Blow blow;
    private final Random random = new Random(SEED);
    private final Map<Contender, List<Double>> seconds = new EnumMap<>(Contender.class);
    private final Map<Contender, Integer> none = new EnumMap<>(Contender.class);
    private final Set<Pair> pending = new HashSet<>();

    private Crashes(Run run, Blow blow) {
        this.run = run;
        this.blow = blow;
    }

    /** Kills leaders. */
    public static Section crash(Run run) throws Exception {
        return new Crashes(run, Blow.KILL)
                .measure(new Section(
                        "crash", "How soon is there a new leader when the old one is killed?", how("SIGKILL")));
    }

    /** Stops leaders. */
    public static Section freeze(Run run) throws Exception {
        return new Crashes(run, Blow.STOP)
                .measure(new Section(
                        "freeze",
                        "How soon is there a new leader when the old one freezes?",
                        how("SIGSTOP") + " A killed process's connections end at once, a frozen one's stay open."));
    }

    private static String how(String signal) {
        return "From just before the " + signal + " to the callback in the follower's process. TTL " + TTL.toSeconds()
                + " s, or what the contender has in its stead; where that has a default of its own, the default is"
                + " measured too, with fewer runs. In each round all leaders are struck within "
                + SPREAD.toMillis() + " ms, in a random order, and nothing else goes on until they have been replaced.";
    }

    private Section measure(Section section) throws Exception {
        int rounds = run.size().pick(1, 2, 20);
        Grid grid = section.grid(new Grid(
                section.name(), "contender", "p50 s", "p90 s", "max s", "worst - TTL s", "runs", "no new leader"));
        try (FailoverLab lab = FailoverLab.open(run, contenders(), TTL)) {
            for (int round = 0; round < rounds; round++) {
                run.progress().tell((double) round / rounds, "round " + (round + 1) + " of " + rounds);
                round(lab.pairs());
            }
            tell(section, grid, lab.pairs());
            lab.tellAbsent(grid);
        }
        return section;
    }

    private List<Contender> contenders() {
        if (run.size() == Size.TINY) {
            return Contender.few();
        }
        return Contender.all(true).stream()
                .filter(each -> run.size() == Size.FULL || !each.ownTimeout())
                .toList();
    }

    /** Who is struck when, in milliseconds. */
    private record Plan(Pair pair, int at) {}

    private void round(List<Pair> pairs) throws Exception {
        TimeUnit.NANOSECONDS.sleep(CALM.toNanos());
        List<Plan> plans = pairs.stream()
                .filter(pair -> !pending.contains(pair))
                .map(pair -> new Plan(pair, random.nextInt((int) SPREAD.toMillis())))
                .sorted(Comparator.comparingInt(Plan::at))
                .toList();
        long begun = System.nanoTime();
        for (Plan plan : plans) {
            TimeUnit.NANOSECONDS.sleep(TimeUnit.MILLISECONDS.toNanos(plan.at()) - (System.nanoTime() - begun));
            plan.pair().strike(blow);
            pending.add(plan.pair());
        }
        collect(pairs, System.nanoTime() + WINDOW.toNanos());
    }

    /** Whoever has a timeout of its own may answer in a later round. */
    private void collect(List<Pair> pairs, long end) throws Exception {
        List<Pair> over = new ArrayList<>();
        for (Pair pair : pairs) {
            boolean patient = pair.contender().ownTimeout();
            OptionalLong micros = pair.sinceBlow(patient ? System.nanoTime() : end);
            micros.ifPresent(value -> seconds.computeIfAbsent(pair.contender(), c -> new ArrayList<>())
                    .add(value / MICROS_PER_SECOND));
            if (micros.isEmpty() && !patient) {
                none.merge(pair.contender(), 1, Integer::sum);
            }
            if (micros.isPresent() || !patient) {
                pending.remove(pair);
                over.add(pair);
            }
        }
        for (Pair pair : over) {
            pair.replace();
        }
        for (Pair pair : over) {
            pair.beginAgain();
        }
    }

    private void tell(Section section, Grid grid, List<Pair> pairs) {
        Grid samples = section.samples(new Grid(section.name() + "-samples", "contender", "run", "s"));
        Picture picture = section.picture(Picture.of(
                        section.name(),
                        "Leader gets " + (blow == Blow.KILL ? "SIGKILL" : "SIGSTOP")
                                + ": time to the follower's callback",
                        "seconds: median, line to the worst, and all runs",
                        Picture.Kind.DOTS)
                .mark((double) TTL.toSeconds(), "TTL " + TTL.toSeconds() + " s"));
        for (Pair pair : pairs) {
            Contender contender = pair.contender();
            List<Double> all = seconds.getOrDefault(contender, List.of());
            int failed = none.getOrDefault(contender, 0);
            for (int i = 0; i < all.size(); i++) {
                samples.row(contender.title(), i, all.get(i));
            }
            if (all.isEmpty()) {
                grid.row(contender.title(), "", "", "", "", 0, failed);
                if (failed > 0) {
                    picture.add(contender.needs(), contender.title(), Double.POSITIVE_INFINITY);
                }
                continue;
            }
            Distribution took = Distribution.of(all);
            double late = took.max() - TTL.toSeconds();
            grid.row(contender.title(), took.median(), took.quantile(0.9), took.max(), late, took.count(), failed);
            picture.add(contender.needs(), contender.title(), took.median(), took.max(), all);
        }
        none.forEach((contender, times) -> section.remark(contender.title() + ": no new leader within "
                + WINDOW.toSeconds() + " s, " + times + " times; the frozen leader was killed then."));
    }
}
