package io.github.leaderlease.benchmark;

import io.github.leaderlease.benchmark.report.Distribution;
import io.github.leaderlease.benchmark.report.Figures;
import io.github.leaderlease.benchmark.report.Grid;
import io.github.leaderlease.benchmark.report.Picture;
import io.github.leaderlease.benchmark.report.Section;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.opentest4j.TestAbortedException;

/** What {@link FenceCost} measures at length, in short. */
final class FencePart {

    private FencePart() {}

    static Section measure(Run run) throws Exception {
        Duration turn = Duration.ofMillis(run.size().pick(20, 200, 400));
        int rounds = run.size().pick(1, 3, 7);
        Section section = new Section(
                "fence",
                "What does the fence add to a transaction?",
                "The insert of one small row, with and without a fence; " + rounds + " turns of " + turn.toMillis()
                        + " ms each, interleaved. Databases as they are for the tests: a commit survives the server's"
                        + " process, and is not synced to the disk, which makes the fence's share as large as it can"
                        + " be. `benchmark/fence-cost` measures more threads, and with synced commits.");
        Grid grid = section.grid(new Grid(
                "fence",
                "variant",
                "server",
                "threads",
                "transactions per second",
                "ratio to no fence",
                "µs, one transaction"));
        Picture picture = section.picture(Picture.of(
                "fence",
                "Transactions per second with leadership.fence(connection), 1 thread",
                "from 1.0, without a fence, down to what is left; medians",
                Picture.Kind.BARS));
        List<DatabaseUnderTest> databases = switch (run.size()) {
            case TINY -> List.of(DatabaseUnderTest.H2_MEMORY);
            case QUICK -> List.of(DatabaseUnderTest.POSTGRESQL);
            case FULL ->
                List.of(
                        DatabaseUnderTest.POSTGRESQL,
                        DatabaseUnderTest.MYSQL,
                        DatabaseUnderTest.MARIADB,
                        DatabaseUnderTest.H2_SERVER);
        };
        for (int i = 0; i < databases.size(); i++) {
            run.progress().tell((double) i / databases.size(), databases.get(i).toString());
            try (TestDatabase database = databases.get(i).fresh()) {
                for (int threads : run.size() == Size.TINY ? List.of(1) : List.of(1, 8)) {
                    tell(grid, picture, database, threads, turns(database, threads, rounds, turn));
                }
            } catch (TestAbortedException absent) {
                grid.row("", databases.get(i).toString(), "not run: " + absent.getMessage());
            }
        }
        return section;
    }

    private static Map<Variant, List<Slice>> turns(TestDatabase database, int threads, int rounds, Duration turn)
            throws Exception {
        try (Leader leader = Leader.of(database);
                Measurement measurement = new Measurement(database, leader, threads)) {
            return measurement.run(2, rounds, turn);
        }
    }

    private static void tell(
            Grid grid, Picture picture, TestDatabase database, int threads, Map<Variant, List<Slice>> slices) {
        List<Slice> unfenced = slices.getOrDefault(Variant.UNFENCED, List.of());
        slices.forEach((variant, own) -> {
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < own.size(); round++) {
                ratios.add(own.get(round).perSecond() / unfenced.get(round).perSecond());
            }
            double ratio = Distribution.of(ratios).median();
            grid.row(
                    variant.title(),
                    database.label(),
                    threads,
                    Figures.spread(
                            Distribution.of(own.stream().map(Slice::perSecond).toList())),
                    ratio,
                    Distribution.of(own.stream().map(Slice::medianMicros).toList())
                            .median());
            if (variant == Variant.FENCE && threads == 1) {
                picture.add("", database.engine().title(), ratio);
            }
        });
    }
}
