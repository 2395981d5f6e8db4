package io.github.leaderlease.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testkit.TcpProxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a command sees, and what one sees of it. */
@ParameterizedClass(name = "{0}")
@EnumSource(
        value = DatabaseUnderTest.class,
        names = {"H2_SERVER", "POSTGRESQL", "MARIADB"})
final class RunTest {

    @Parameter
    private DatabaseUnderTest tested;

    private ToolBench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new ToolBench(tested);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void theCommandHasItsEnvironmentItsInputAndItsStatus() throws Exception {
        Tool tool = bench.run("n1", List.of("sh", "-c", "env; cat; echo to-err >&2; exit 7"));
        tool.process().getOutputStream().write("from stdin\n".getBytes(StandardCharsets.UTF_8));
        tool.process().getOutputStream().close();
        assertThat(tool.awaitExit()).isEqualTo(7);
        tool.awaitLine("command ended with status 7");
        tool.awaitLine("to-err");
        assertThat(tool.awaitLine("n1 lost leadership")).contains("it ended in order");
        String token = tool.awaitLine("n1 leads, token ").replaceAll(".*token ", "");
        assertThat(tool.out())
                .contains(
                        "LEADER_LEASE_ELECTION=e", "LEADER_LEASE_NODE=n1", "LEADER_LEASE_TOKEN=" + token, "from stdin")
                .contains("LEADER_LEASE_FENCE_KEY=-270894502")
                .anyMatch(line -> line.matches("LEADER_LEASE_HOLDER=[0-9a-f]{32}"))
                .noneMatch(line -> line.startsWith("LEADER_LEASE_PASSWORD"));
    }

    @Test
    void aCommandThatIsKilledGivesTheStatusOfAShell() throws Exception {
        assertThat(bench.run("n1", List.of("sh", "-c", "kill -9 $$")).awaitExit())
                .isEqualTo(137);
    }

    @Test
    void whatACommandLeavesBehindIsStopped() throws Exception {
        List<String> shell = bench.watch().command();
        String leaves = shell.get(2).replaceAll("(?s)while .*", "exit 3");
        Tool tool = bench.run("n1", List.of("bash", "-c", leaves));
        assertThat(tool.awaitExit()).isEqualTo(3);
        bench.watch().next(Tool.PATIENCE).awaitEnd(Tool.PATIENCE);
    }

    @Test
    void eventsAsJson() throws Exception {
        Tool tool = bench.start(
                "run",
                "--url",
                bench.database().url(),
                "--user",
                bench.database().user(),
                "--election",
                "e",
                "--node",
                "n1",
                "--format",
                "json",
                "--",
                "true");
        assertThat(tool.awaitExit()).isZero();
        tool.awaitLine("\"leadership-lost\"");
        assertThat(tool.err()).allMatch(line -> line.startsWith("{\"") && line.endsWith("}"));
        assertThat(tool.awaitLine("\"leadership-acquired\""))
                .matches(
                        "\\{\"time\":\"20.*Z\",\"election\":\"e\",\"event\":\"leadership-acquired\",.*\"token\":\\d+.*");
    }

    @Test
    void waitsForADatabaseThatIsNotThereYet() throws Exception {
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", bench.database().server().port())) {
            proxy.refuse();
            Tool tool = bench.start(
                    "run",
                    "--url",
                    bench.database().urlThrough(proxy.port()),
                    "--user",
                    bench.database().user(),
                    "--election",
                    "e",
                    "--wait-for-database",
                    "--",
                    "sh",
                    "-c",
                    "exit 4");
            tool.awaitLine("waiting for the database");
            proxy.forward();
            assertThat(tool.awaitExit()).isEqualTo(4);
        }
    }
}
