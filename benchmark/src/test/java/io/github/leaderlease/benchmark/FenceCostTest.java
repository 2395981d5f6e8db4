package io.github.leaderlease.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** No figure is compared with another: this machine may be busy. */
final class FenceCostTest {

    private static final Duration TURN = Duration.ofMillis(40);

    @Test
    void everyVariantCommitsWhatItCounts() throws Exception {
        Rounds.play(FenceCostTest::count);
    }

    private static void count(Rounds round) throws Exception {
        try (TestDatabase database = DatabaseUnderTest.H2_MEMORY.fresh();
                Leader leader = Leader.of(database);
                Measurement measurement = new Measurement(database, leader, 2)) {
            Map<Variant, List<Slice>> slices = measurement.run(0, 2, TURN);

            assertThat(slices.keySet())
                    .containsExactly(
                            Variant.UNFENCED, Variant.FENCE, Variant.UNFENCED_POOLED, Variant.FENCED_TRANSACTION);
            assertThat(slices.values()).allSatisfy(own -> assertThat(own).hasSize(2));
            assertThat(rows(database)).isEqualTo(commits(slices));
            round.require(
                    slices.values().stream().flatMap(Collection::stream).allMatch(slice -> slice.commits() > 0),
                    "a turn of " + TURN + " was too short for a commit");
        }
    }

    @Test
    void onPostgresqlOnlyTheRowLockTakesMultixacts() throws Exception {
        Rounds.play(FenceCostTest::countMultixacts);
    }

    private static void countMultixacts(Rounds round) throws Exception {
        try (TestDatabase database = DatabaseUnderTest.POSTGRESQL.fresh();
                Leader leader = Leader.of(database);
                Measurement measurement = new Measurement(database, leader, 4)) {
            Map<Variant, List<Slice>> slices = measurement.run(1, 3, TURN);

            slices.forEach((variant, own) -> {
                long multixacts =
                        own.stream().mapToLong(s -> s.used().multixacts()).sum();
                if (variant == Variant.ROW_LOCK) {
                    round.require(multixacts > 0, "no two row locks overlapped");
                } else {
                    assertThat(multixacts).as("%s: %s", variant, own).isZero();
                }
                round.require(own.stream().allMatch(slice -> slice.commits() > 0), "a turn was too short for a commit");
                assertThat(own)
                        .allSatisfy(
                                slice -> assertThat(slice.walBytesPerCommit()).isPositive());
            });
        }
    }

    @Test
    void theReportHasOneRowPerVariant() {
        ByteArrayOutputStream report = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(report, true, StandardCharsets.UTF_8);
        int status = FenceCost.commandLine(out)
                .execute("--engines=h2_memory", "--threads=1", "--rounds=1", "--seconds=0.02");

        assertThat(status).isZero();
        List<String> rows = report.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("| 1 |"))
                .toList();
        assertThat(rows).hasSize(4);
        for (Variant variant : Variant.of(DatabaseUnderTest.H2_MEMORY.engine())) {
            assertThat(rows)
                    .filteredOn(row -> row.startsWith("| 1 | " + variant.title() + " | "))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--rounds=0", "--seconds=0", "--threads=4,0"})
    void whatWouldMeasureNothingIsRefused(String option) {
        StringWriter said = new StringWriter();
        int status = FenceCost.commandLine(System.out)
                .setErr(new PrintWriter(said, true))
                .execute(option);

        assertThat(status).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(said.toString()).contains(option.replaceFirst("=.*", " "), "at least one round");
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetweenTheTwoInTheMiddle() {
        assertThat(Table.median(List.of(5.0, 1.0, 2.0))).isEqualTo(2.0);
        assertThat(Table.median(List.of(4.0, 1.0, 2.0, 100.0))).isEqualTo(3.0);
    }

    private static long commits(Map<Variant, List<Slice>> slices) {
        return slices.values().stream()
                .flatMap(Collection::stream)
                .mapToLong(Slice::commits)
                .sum();
    }

    private static long rows(TestDatabase database) throws Exception {
        try (Connection connection = database.connection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from work")) {
            row.next();
            return row.getLong(1);
        }
    }
}
