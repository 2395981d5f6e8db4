package io.github.leaderlease.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.cli.Main;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However the demo itself is ended, its nodes end with it. */
@Timeout(120)
final class DemoInterruptTest {

    private final List<ProcessHandle> nodes = new ArrayList<>();
    private Process demo;

    @AfterEach
    void endAll() {
        nodes.forEach(ProcessHandle::destroyForcibly);
        if (demo != null) {
            demo.destroyForcibly();
        }
    }

    @Test
    void ctrlCLeavesNoProcess() throws Exception {
        startAndAwaitLeader("");
        // the handle: Process.destroy() would close the stream that is read below
        demo.toHandle().destroy();
        String rest = new String(demo.getErrorStream().readAllBytes(), UTF_8);
        assertThat(demo.waitFor(30, SECONDS)).isTrue();
        assertThat(demo.exitValue()).isEqualTo(143);
        assertThat(rest).contains("leader-lease demo: interrupted; its processes and tables are gone");
        assertThat(nodes).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void ctrlCOnAServerLeavesNoTable() throws Exception {
        try (TestDatabase database = DatabaseUnderTest.POSTGRESQL.fresh()) {
            startAndAwaitLeader(database.password(), "--url", database.url(), "--user", database.user());
            assertThat(DemoOnServersTest.demoTables(database)).hasSizeGreaterThan(2);
            demo.toHandle().destroy();
            assertThat(demo.waitFor(30, SECONDS)).isTrue();
            assertThat(DemoOnServersTest.demoTables(database)).isEmpty();
            assertThat(nodes).noneMatch(ProcessHandle::isAlive);
        }
    }

    @Test
    void nodesDoNotOutliveADemoThatIsKilled() throws Exception {
        startAndAwaitLeader("");
        demo.toHandle().destroyForcibly();
        for (ProcessHandle node : nodes) {
            node.onExit().get(30, SECONDS);
        }
        assertThat(nodes).noneMatch(ProcessHandle::isAlive);
    }

    /** Who stands still cannot see that the demo is gone, so somebody else must. */
    @Test
    void aNodeThatStandsStillDoesNotOutliveADemoThatIsKilled() throws Exception {
        startAndAwait("SIGSTOP", 2, "", "--fence", "--ttl", "60s");
        demo.toHandle().destroyForcibly();
        for (ProcessHandle node : nodes) {
            node.onExit().get(30, SECONDS);
        }
        assertThat(nodes).noneMatch(ProcessHandle::isAlive);
    }

    private void startAndAwaitLeader(String password, String... options) throws IOException {
        startAndAwait("LEADS", 3, password, options);
    }

    private void startAndAwait(String event, int processes, String password, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(Main.class.getName(), "demo"));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LEADER_LEASE_PASSWORD", password);
        demo = builder.start();
        BufferedReader lines = demo.inputReader(UTF_8);
        StringBuilder told = new StringBuilder();
        String line = lines.readLine();
        while (line != null && !line.contains(event)) {
            told.append(line).append('\n');
            line = lines.readLine();
        }
        assertThat(line).as("%s", told).isNotNull();
        Run.pids(told.toString()).forEach(pid -> nodes.add(ProcessHandle.of(pid).orElseThrow()));
        assertThat(nodes).hasSize(processes).allMatch(ProcessHandle::isAlive);
    }
}
