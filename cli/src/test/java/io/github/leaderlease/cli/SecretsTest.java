package io.github.leaderlease.cli;

import static io.github.leaderlease.testdatabases.SecretUrls.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Whatever goes wrong, no password and no URL is written: wrong drivers, wrong URLs, wrong servers, wrong options. */
final class SecretsTest {

    private final StringWriter written = new StringWriter();

    private int execute(String... args) {
        CommandLine line = Main.commandLine();
        PrintWriter writer = new PrintWriter(written, true);
        line.setErr(writer).setOut(writer);
        return line.execute(args);
    }

    @ParameterizedTest
    @MethodSource("io.github.leaderlease.testdatabases.SecretUrls#all")
    void notFromTheUrl(String url) {
        List<List<String>> lines = List.of(
                List.of("status"),
                List.of("run", "--election", "e", "--", "true"),
                List.of("run", "--election", "e", "--migrate", "--", "true"));
        for (List<String> line : lines) {
            List<String> args = new ArrayList<>(List.of(line.get(0), "--url=" + url));
            args.addAll(line.subList(1, line.size()));
            assertThat(execute(args.toArray(String[]::new))).isNotZero();
        }
        assertThat(written.toString()).as(url).doesNotContain(SECRET);
    }

    /** As a process: also what a driver writes by itself. */
    @Test
    void notFromADriversOwnLog() throws Exception {
        String url = "jdbc:postgresql://127.0.0.1:1?user=u&password=" + SECRET;
        try (Tool tool = Tool.start(SECRET, List.of("status", "-v", "--url", url))) {
            assertThat(tool.awaitExit()).isNotZero();
            tool.awaitLine("leader-lease status: ");
            assertThat(tool.err()).noneMatch(line -> line.contains(SECRET));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--pasword", "--password:", "--passwort", "-p"})
    void notFromAMistypedOption(String option) {
        for (String command : List.of("status", "run")) {
            assertThat(execute(command, option + "=" + SECRET, "--url", "jdbc:h2:tcp://127.0.0.1:1/x"))
                    .isEqualTo(2);
            assertThat(execute(command, "--url", "jdbc:h2:tcp://127.0.0.1:1/x", option, SECRET))
                    .isEqualTo(2);
        }
        assertThat(execute("status", "--url", "jdbc:h2:tcp://127.0.0.1:1/x", SECRET))
                .isEqualTo(2);
        assertThat(written.toString()).doesNotContain(SECRET);
    }
}
