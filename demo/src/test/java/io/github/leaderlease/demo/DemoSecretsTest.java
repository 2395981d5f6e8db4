package io.github.leaderlease.demo;

import static io.github.leaderlease.testdatabases.SecretUrls.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is secret in a URL or beside it is not repeated. */
final class DemoSecretsTest {

    private static final String UNREACHABLE = "jdbc:h2:tcp://127.0.0.1:1/x";

    @ParameterizedTest
    @MethodSource("io.github.leaderlease.testdatabases.SecretUrls#all")
    void notFromTheUrl(String url) {
        Run run = Run.demo("--url=" + url);
        assertThat(run.status()).isNotZero();
        assertThat(run.out() + run.err()).isNotEmpty().doesNotContain(SECRET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--pasword", "--password:", "--passwort", "-p"})
    void notFromAMistypedOption(String option) {
        for (Run run : List.of(
                Run.demo(option + "=" + SECRET, "--url", UNREACHABLE),
                Run.demo("--url", UNREACHABLE, option, SECRET))) {
            assertThat(run.status()).isEqualTo(2);
            assertThat(run.out() + run.err()).isNotEmpty().doesNotContain(SECRET);
        }
    }
}
