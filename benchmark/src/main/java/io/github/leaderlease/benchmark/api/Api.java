package io.github.leaderlease.benchmark.api;

import io.github.leaderlease.benchmark.Run;
import io.github.leaderlease.benchmark.report.Distribution;
import io.github.leaderlease.benchmark.report.Figures;
import io.github.leaderlease.benchmark.report.Grid;
import io.github.leaderlease.benchmark.report.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs {@link Questions}. */
public final class Api {

    private static final String BASE = "bothClocks";
    private static final Map<String, String> TITLES = Map.of(
            BASE,
            "`System.nanoTime()` + `System.currentTimeMillis()`",
            "monotonicClock",
            "`System.nanoTime()`",
            "isLeader",
            "`LeaderElection.isLeader()`",
            "isValid",
            "`Leadership.isValid()`");

    private Api() {}

    /** Measures each question in a JVM of its own, several times in turns. */
    public static Section measure(Run run) throws Exception {
        int rounds = run.size().pick(1, 1, 4);
        Section section = new Section(
                "api",
                "What does it cost to ask whether one leads?",
                "JMH, one thread, " + rounds
                        + " forks of each in turns; medians (quartiles) of all iterations. Allocation as"
                        + " JMH's GC profiler counts it.");
        Grid grid = section.grid(new Grid("api", "question", "ns", "ratio to both clocks", "bytes allocated per call"));
        Map<String, List<Double>> nanos = new LinkedHashMap<>();
        Map<String, List<Double>> bytes = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            run.progress().tell((double) round / rounds, "round " + (round + 1) + " of " + rounds);
            for (RunResult result : new Runner(options(run)).run()) {
                add(result, nanos, bytes);
            }
        }
        double base = Distribution.of(nanos.getOrDefault(BASE, List.of())).median();
        nanos.forEach((question, all) -> {
            Distribution took = Distribution.of(all);
            Distribution allocated = Distribution.of(bytes.getOrDefault(question, List.of()));
            String title = TITLES.getOrDefault(question, question);
            grid.row(title, Figures.spread(took), took.median() / base, Math.rint(allocated.median()));
        });
        return section;
    }

    private static Options options(Run run) {
        TimeValue iteration = TimeValue.milliseconds(run.size().pick(20, 200, 400));
        return new OptionsBuilder()
                .include(Questions.class.getName())
                .forks(1)
                .warmupIterations(run.size().pick(1, 3, 5))
                .warmupTime(iteration)
                .measurementIterations(run.size().pick(1, 5, 10))
                .measurementTime(iteration)
                .addProfiler(GCProfiler.class)
                .jvmArgs("-Xmx256m")
                .output(run.report().folder().resolve("jmh.log").toString())
                .build();
    }

    private static void add(RunResult result, Map<String, List<Double>> nanos, Map<String, List<Double>> bytes) {
        String name = result.getParams().getBenchmark();
        String question = name.substring(name.lastIndexOf('.') + 1);
        result.getBenchmarkResults()
                .forEach(fork -> fork.getIterationResults()
                        .forEach(iteration -> nanos.computeIfAbsent(question, q -> new ArrayList<>())
                                .add(iteration.getPrimaryResult().getScore())));
        Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
        if (allocated != null) {
            bytes.computeIfAbsent(question, q -> new ArrayList<>()).add(allocated.getScore());
        }
    }
}
