package io.github.leaderlease.testdatabases;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A JVM that is killed with SIGKILL leaves no server behind. */
class KilledTestJvmTest {
    private static final String STARTED = "started on port ";

    /** What the JVM runs that gets killed. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] args) throws IOException {
            TestServer server = DatabaseUnderTest.valueOf(args[0]).startPrivate();
            if (args[1].equals("frozen")) {
                server.freeze();
            } else if (args[1].equals("pooled")) {
                String pooled = PgBouncer.before(server.fresh(), 2).url();
                System.out.println("pooled at " + pooled);
            }
            System.out.println(STARTED + server.port());
            int end = System.in.read();
            throw new IllegalStateException("Not killed; read " + end);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"H2_SERVER", "POSTGRESQL", "MARIADB"})
    void leavesNoServer(DatabaseUnderTest tested) throws IOException, InterruptedException {
        tested.require(); // reports one that cannot be had
        Process victim = start(tested, "running");
        assertServerDiesWith(victim);
    }

    @ParameterizedTest
    @EnumSource(names = {"H2_SERVER", "POSTGRESQL", "MARIADB"})
    void leavesNoFrozenServer(DatabaseUnderTest tested) throws IOException, InterruptedException {
        tested.require();
        Process victim = start(tested, "frozen");
        assertServerDiesWith(victim);
    }

    @Test
    void leavesNoPooler() throws IOException, InterruptedException {
        try (TestDatabase database = DatabaseUnderTest.POSTGRESQL.fresh()) {
            PgBouncer.before(database, 2).close(); // reports one that cannot be had
        }
        Process victim = start(DatabaseUnderTest.POSTGRESQL, "pooled");
        assertServerDiesWith(victim);
    }

    private static void assertServerDiesWith(Process victim) throws IOException, InterruptedException {
        String port = startedOn(victim);
        List<ProcessHandle> family = victim.descendants().toList();
        assertThat(family).isNotEmpty().allMatch(ProcessHandle::isAlive);
        victim.destroyForcibly().waitFor();
        await().alias("the server on port " + port + " is gone")
                .atMost(Duration.ofSeconds(30))
                .until(() -> family.stream().noneMatch(KilledTestJvmTest::runs));
    }

    /** Where nobody reaps orphans, a dead one stays on as a zombie without a command. */
    private static boolean runs(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    private static String startedOn(Process victim) throws IOException {
        BufferedReader said = new BufferedReader(new InputStreamReader(victim.getInputStream(), UTF_8));
        Predicate<String> started = line -> line.startsWith(STARTED);
        return said.lines()
                .filter(started)
                .findFirst()
                .orElseThrow(() -> new AssertionError("The other JVM ended"))
                .substring(STARTED.length());
    }

    private static Process start(DatabaseUnderTest tested, String state) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        tested.name(),
                        state)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
