package io.github.leaderlease.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What surrounds {@code run} is not as one would wish. */
final class SurroundingsTest {

    @TempDir
    private Path folder;

    private ToolBench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new ToolBench(DatabaseUnderTest.H2_SERVER);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    /** Whoever holds the pipe open does not read: the tool itself, through descriptor 3. */
    @Test
    void whenNobodyReadsTheOutputASignalStillEndsCommandAndTool() throws Exception {
        String pipe = folder.resolve("pipe").toString();
        List<String> starter = List.of("sh", "-c", "mkfifo \"$0\"; exec 3<>\"$0\"; exec \"$@\" >\"$0\" 2>&1", pipe);
        Tool tool = bench.run(starter, Map.of(), bench.watch().loudCommand());
        CommandLife life = bench.watch().next(Tool.PATIENCE);
        life.staysAlive(ToolBench.TTL.multipliedBy(2));
        tool.signal("TERM");
        assertThat(tool.awaitExit()).isEqualTo(143);
        assertThat(life.ended()).isCompleted();
    }

    @Test
    void argumentsAndVariablesArriveByteForByteWithoutALocale() throws Exception {
        String script = "export LC_ALL=C X=$(printf '\\376'); exec \"$@\" \"$(printf '\\377\\303\\251')\"";
        String show = "printf %s \"$1$X$LC_ALL\" | od -An -tx1 | tr -d ' \\n'; echo";
        Tool tool = bench.run(List.of("bash", "-c", script, "bash"), Map.of(), List.of("sh", "-c", show, "sh"));
        assertThat(tool.awaitExit()).as(tool.err().toString()).isZero();
        tool.awaitOut("ffc3a9fe43");
    }

    /** Only one process can have it, and it is not the supervisor. */
    @Test
    void aDebugPortForTheCommandKeepsNobodyFromStarting() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        String options = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:" + port;
        Tool tool = bench.run(
                List.of(),
                Map.of("JAVA_TOOL_OPTIONS", options, "_JAVA_OPTIONS", "-Dcaf\u00e9=1"),
                List.of("sh", "-c", "echo \"got $JAVA_TOOL_OPTIONS $_JAVA_OPTIONS\""));
        assertThat(tool.awaitExit()).as(tool.err().toString()).isZero();
        tool.awaitOut("got " + options + " -Dcaf\u00e9=1");
        tool.awaitLine("JAVA_TOOL_OPTIONS is meant for the command");
    }
}
