package io.github.leaderlease.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Whatever goes wrong, no password and no URL is written: wrong drivers, wrong URLs, wrong servers, wrong options. */
final class SecretsTest {

    private static final String SECRET = "s3cr3t-Zq7";

    private final StringWriter written = new StringWriter();

    private int execute(String... args) {
        CommandLine line = Main.commandLine();
        PrintWriter writer = new PrintWriter(written, true);
        line.setErr(writer).setOut(writer);
        return line.execute(args);
    }

    static Stream<String> urls() {
        String parameters = "user=u&password=" + SECRET;
        return Stream.of(
                "jdbc:oracle:thin:u/" + SECRET + "@localhost:1/x?password=" + SECRET,
                "jdbc:postgres://localhost/x?" + parameters,
                "postgresql://u:" + SECRET + "@localhost/x",
                "jdbc:sqlserver://localhost;user=u;password=" + SECRET,
                "jdbc:postgresql://127.0.0.1:1/x?" + parameters,
                "jdbc:postgresql://127.0.0.1:nonsense/x?" + parameters,
                "jdbc:postgresql://127.0.0.1:1/x?" + parameters + "&sslmode=nonsense",
                "jdbc:postgresql://u:" + SECRET + "@127.0.0.1:1/x",
                "jdbc:mysql://127.0.0.1:1/x?" + parameters,
                "jdbc:mysql://127.0.0.1:nonsense/x?" + parameters,
                "jdbc:mysql://127.0.0.1:1/x?" + parameters + "&connectTimeout=" + SECRET,
                "jdbc:mysql://127.0.0.1:1/x?" + parameters + "&sslMode=nonsense",
                "jdbc:mysql://u:" + SECRET + "@127.0.0.1:1/x",
                "jdbc:mysql://u:" + SECRET + "@127.0.0.1:1:2:/x??=",
                "jdbc:mysql://(host=127.0.0.1,port=1,user=u,password=" + SECRET + ")/x",
                "jdbc:mysql://address=(host=127.0.0.1)(port=1)(password=" + SECRET + ")/x",
                "jdbc:mysql:nonsense://u:" + SECRET + "@127.0.0.1/x",
                "jdbc:mariadb://127.0.0.1:1/x?" + parameters,
                "jdbc:mariadb://127.0.0.1:nonsense/x?" + parameters,
                "jdbc:mariadb://127.0.0.1:1/x?" + parameters + "&sslMode=nonsense",
                "jdbc:mariadb:nonsense//127.0.0.1:1/x?" + parameters,
                "jdbc:mariadb://address=(host=127.0.0.1)(port=1)(nonsense=" + SECRET + ")/x?" + parameters,
                "jdbc:h2:tcp://127.0.0.1:1/./x;USER=u;PASSWORD=" + SECRET,
                "jdbc:h2:tcp://127.0.0.1:1/./x;NONSENSE=1;PASSWORD=" + SECRET,
                "jdbc:h2:tcp://127.0.0.1:1/./x;PASSWORD=" + SECRET + ";PASSWORD=" + SECRET + "2",
                "jdbc:h2:mem:x;PASSWORD=" + SECRET,
                "jdbc:h2:file:x;PASSWORD=" + SECRET,
                "jdbc:" + SECRET);
    }

    @ParameterizedTest
    @MethodSource("urls")
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
