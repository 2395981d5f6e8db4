package io.github.leaderlease.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.benchmark.calls.Calls;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** Whether each part still runs, and whether our store still costs little more than its statements. */
final class BenchTest {

    /**
     * Generous: a busy machine must not fail the build, a statement too many or a needless lookup must. Both are measured
     * in turns in one run, and medians are compared.
     */
    private static final double MOST = 3;

    @TempDir
    private Path folder;

    /** Who is compared with us: without the peer there is nothing side by side. But nobody is in a rolling deployment yet. */
    private static final Map<Part, String> BESIDE = Map.of(
            Part.API, "System.nanoTime()",
            Part.CALLS, "bare statements",
            Part.HANDOVER, "ShedLock",
            Part.ROLLING, "leader-lease",
            Part.RENEWALS, "ShedLock, 8 threads",
            Part.IDLE, "Spring Integration",
            Part.BLOAT, "held",
            Part.CANDIDATES, "resigns",
            Part.FENCE, "no fence");

    /** Deaths and handovers share the lab; to wait for leases to run out would take the build a minute. */
    @ParameterizedTest
    @EnumSource(
            value = Part.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"CRASH", "FREEZE"})
    void everyPartRunsAndLeavesItsFiles(Part part) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int status = Bench.commandLine(new PrintStream(said, true, StandardCharsets.UTF_8))
                .execute("--tiny", "--only", part.toString(), "--out", folder.toString());

        String report = said.toString(StandardCharsets.UTF_8);
        assertThat(status).as(report).isZero();
        assertThat(Files.readString(folder.resolve(part + ".csv")))
                .contains(BESIDE.get(part))
                .doesNotContain("NaN");
        assertThat(Files.readString(folder.resolve("results.json"))).contains("\"" + part + "\"");
        assertThat(Files.readString(folder.resolve("performance.md")))
                .contains("| ", "benchmark/bench --tiny --only " + part);
    }

    @Test
    void aCallCostsLittleMoreThanItsStatements() throws Exception {
        try (TestDatabase database = DatabaseUnderTest.POSTGRESQL.fresh()) {
            Map<String, Double> ratios = Calls.ratios(database, 10, 30);
            System.out.println("[benchmark] our store's calls as multiples of their bare statements: " + ratios);

            assertThat(ratios).containsOnlyKeys("acquire", "renew", "release");
            assertThat(ratios.values()).allSatisfy(ratio -> assertThat(ratio).isBetween(0.0, MOST));
        }
    }

    @Test
    void picturesAreDrawnForLightAndDarkPages() throws IOException {
        int status = Bench.commandLine(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8))
                .execute("--tiny", "--only", "renewals", "--out", folder.toString());

        assertThat(status).isZero();
        for (String file : List.of("renewals.svg", "renewals-dark.svg")) {
            assertThat(Files.readString(folder.resolve(file))).contains("<svg", "<circle", "leader-lease", "ShedLock");
        }
        assertThat(Files.readString(folder.resolve("performance.md")))
                .contains("srcset=\"renewals-dark.svg\"", "src=\"renewals.svg\"");
    }

    @Test
    void anUnknownPartIsRefusedWithTheKnownOnes() {
        StringWriter said = new StringWriter();
        int status = Bench.commandLine(System.out)
                .setErr(new PrintWriter(said, true))
                .execute("--only", "nonsense");

        assertThat(status).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(said.toString()).contains("nonsense", "handover", "fence");
    }
}
