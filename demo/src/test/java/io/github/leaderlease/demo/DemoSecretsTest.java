package io.github.leaderlease.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is secret in a URL or beside it is not repeated. */
final class DemoSecretsTest {

    private static final String SECRET = "Sesame-77";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--url=jdbc:oracle:thin:u/" + SECRET + "@localhost:1/x?password=" + SECRET,
                "--url=postgresql://u:" + SECRET + "@localhost/x",
                "--url=jdbc:postgresql://127.0.0.1:nonsense/x?user=u&password=" + SECRET,
                "--url=jdbc:mysql://u:" + SECRET + "@127.0.0.1:1:2:/x??=",
                "--url=jdbc:mariadb:nonsense//127.0.0.1:1/x?user=u&password=" + SECRET,
                "--url=jdbc:h2:tcp://127.0.0.1:1/./x;NONSENSE=1;PASSWORD=" + SECRET,
                "--pasword=" + SECRET,
                "-p=" + SECRET
            })
    void itRepeatsNoSecret(String option) {
        Run run = Run.demo(option);
        assertThat(run.status()).isNotZero();
        assertThat(run.out() + run.err()).isNotEmpty().doesNotContain(SECRET);
    }
}
