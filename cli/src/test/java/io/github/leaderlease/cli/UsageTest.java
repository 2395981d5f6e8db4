package io.github.leaderlease.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Bad input is refused with one line that says the value and the remedy, before any database is asked. */
final class UsageTest {

    private static final String NOBODY_LISTENS = "jdbc:h2:tcp://127.0.0.1:1/./none";

    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();

    private int execute(String... args) {
        CommandLine line = Main.commandLine();
        line.setErr(new PrintWriter(err, true)).setOut(new PrintWriter(out, true));
        return line.execute(Main.forKnownCommand(line, args));
    }

    private int run(List<String> options, String... command) {
        List<String> args = new ArrayList<>(List.of("run", "--url", NOBODY_LISTENS, "--election", "e"));
        args.addAll(options);
        args.add("--");
        args.addAll(List.of(command));
        return execute(args.toArray(String[]::new));
    }

    private void saysInOneLine(String... parts) {
        assertThat(err.toString().strip().lines()).as(err.toString()).hasSize(1);
        assertThat(err.toString()).contains(parts);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "", "-5s", "1.5s", "5 s", "5sec", "s", "10000000000s"})
    void durations(String bad) {
        assertThat(run(List.of("--ttl=" + bad), "true")).isEqualTo(2);
        saysInOneLine("--ttl", "'" + bad + "'", "500ms, 3s, 2m or 1h");
    }

    @ParameterizedTest
    @CsvSource({
        "0s, TTL 0 s, use 1 s to",
        "500ms, TTL 500 ms, use 1 s to",
        "25h, TTL, use 1 s to",
    })
    void ttl(String bad, String value, String remedy) {
        assertThat(run(List.of("--ttl", bad), "true")).isEqualTo(2);
        saysInOneLine(value, remedy);
    }

    @Test
    void heartbeatThatDoesNotFit() {
        assertThat(run(List.of("--ttl", "4s", "--heartbeat", "3s"), "true")).isEqualTo(2);
        saysInOneLine("heartbeat 3 s", "TTL 4 s", "heartbeat of at most 2 s");
    }

    @Test
    void graceThatDoesNotFit() {
        assertThat(run(List.of("--grace", "3s"), "true")).isEqualTo(2);
        saysInOneLine("grace 3s", "TTL 10s", "heartbeat 5s", "at most", "2s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "with space", "quo'te", "caf\u00e9", "nul\0", ".dot", "a;drop"})
    void electionNames(String bad) {
        assertThat(execute("run", "--url", NOBODY_LISTENS, "--election=" + bad, "--", "true"))
                .isEqualTo(2);
        saysInOneLine("election name '", "1 to 190 of the characters");
    }

    @Test
    void longElectionName() {
        assertThat(execute("run", "--url", NOBODY_LISTENS, "--election", "x".repeat(191), "--", "true"))
                .isEqualTo(2);
        saysInOneLine("191 characters", "1 to 190 of the characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "with space", "caf\u00e9"})
    void nodeNames(String bad) {
        assertThat(run(List.of("--node=" + bad), "true")).isEqualTo(2);
        saysInOneLine("node name '", "1 to 190 of the characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:oracle:thin:@x", "postgresql://localhost/x", ""})
    void urlsWithoutADriver(String bad) {
        for (String command : List.of("run", "status")) {
            err.getBuffer().setLength(0);
            List<String> args = new ArrayList<>(List.of(command, "--url=" + bad));
            args.addAll(command.equals("run") ? List.of("--election", "e", "--", "true") : List.of());
            assertThat(execute(args.toArray(String[]::new))).isEqualTo(2);
            saysInOneLine("--url", "use jdbc:postgresql://HOST/DATABASE");
            assertThat(err.toString()).doesNotContain("thin:@x", "localhost");
        }
    }

    @Test
    void aDatabaseThatNobodyElseCanSee() {
        assertThat(execute("run", "--url", "jdbc:h2:mem:x", "--election", "e", "--", "true"))
                .isEqualTo(2);
        saysInOneLine("jdbc:h2:mem:", "every node would lead", "use a server");
    }

    @ParameterizedTest
    @CsvSource({"--schema, a-b", "--table-prefix, 9x"})
    void schemaAndPrefix(String option, String bad) {
        assertThat(run(List.of(option, bad), "true")).isEqualTo(2);
        saysInOneLine("'" + bad + "'", "must match");
    }

    @Test
    void whatIsMissing() {
        assertThat(execute("run", "--election", "e", "--", "true")).isEqualTo(2);
        saysInOneLine("--url", "--help");
        err.getBuffer().setLength(0);
        assertThat(execute("run", "--url", NOBODY_LISTENS, "--", "true")).isEqualTo(2);
        saysInOneLine("--election", "--help");
        err.getBuffer().setLength(0);
        assertThat(run(List.of())).isEqualTo(2);
        saysInOneLine("COMMAND", "--help");
    }

    @Test
    void aCommandThatIsNotThere() {
        assertThat(run(List.of(), "no-such-command-" + System.nanoTime())).isEqualTo(127);
        saysInOneLine("no-such-command-", "not found", "PATH=");
    }

    @Test
    void aCommandThatIsNoProgram(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "text");
        assertThat(run(List.of(), file.toString())).isEqualTo(126);
        saysInOneLine(file.toString(), "not executable", "chmod +x");
    }

    @Test
    void aServerThatIsDown() {
        assertThat(run(List.of(), "true")).isEqualTo(1);
        saysInOneLine("cannot connect", "127.0.0.1:1");
        err.getBuffer().setLength(0);
        assertThat(execute("status", "--url", NOBODY_LISTENS)).isEqualTo(1);
        saysInOneLine("cannot connect", "127.0.0.1:1");
    }

    @Test
    void aServerThatIsDownForTooLong() {
        assertThat(run(List.of("--wait-for-database=1s"), "true")).isEqualTo(1);
        assertThat(err.toString().strip().lines().toList()).last(STRING).contains("cannot connect", "127.0.0.1:1");
    }

    @Test
    void theCommandsOwnOptionsAreNotOurs() {
        assertThat(execute("run", "--url", NOBODY_LISTENS, "--election", "e", "true", "--ttl", "nonsense", "@file"))
                .as("gets as far as the database")
                .isEqualTo(1);
    }

    @Test
    void aCommandThatThereIsNotIsAnErrorAlsoWithHelp() {
        assertThat(execute("nonsense")).isEqualTo(2);
        assertThat(execute("nonsense", "--help")).isEqualTo(2);
        assertThat(err.toString())
                .as("and not what it was: it may be a secret")
                .contains("leader-lease --help")
                .doesNotContain("nonsense");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void help() {
        assertThat(execute("--help")).isZero();
        assertThat(execute("run", "--help")).isZero();
        assertThat(execute("help", "status")).isZero();
        assertThat(out.toString()).contains("run", "status", "LEADER_LEASE_TOKEN");
    }
}
