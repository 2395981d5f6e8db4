package io.github.leaderlease.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each wrong option gets a message with the value and the remedy, and nothing is started. */
final class DemoOptionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--nodes=1 | --nodes 1 is out of range: use 2 to 9",
                "--nodes=10 | --nodes 10 is out of range: use 2 to 9",
                "--nodes=x | 'x' is not an int",
                "--rounds=0 | --rounds 0 is out of range: use 1 to 1000",
                "--ttl=100ms | TTL 100 ms is out of range",
                "--ttl=0s | TTL 0 s is out of range",
                "--ttl=10 | '10' is not a duration",
                "--heartbeat=8s | heartbeat 8 s does not fit TTL 10 s",
                "--heartbeat=1ms | heartbeat 1 ms ",
                "--url=postgresql://localhost/x | no database driver understands --url '...'",
                "--url=jdbc:h2:mem:x | --url 'jdbc:h2:mem:x' is a database inside one process",
                "--url=jdbc:h2:~/x;IFEXISTS=TRUE | --url 'jdbc:h2:~/x' is a database inside one process",
                "--colour | unknown option '--colour'",
            })
    void isRefused(String option, String message) {
        Run run = Run.demo(option);
        assertThat(run.err()).contains(message);
        assertThat(run.err()).doesNotContain("Exception");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.pids()).isEmpty();
    }

    @Test
    void aServerThatIsNotThereIsNamed() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Run run = Run.demo("--url", "jdbc:postgresql://127.0.0.1:" + port + "/x?password=secret", "--user", "u");
        assertThat(run.err())
                .startsWith(
                        "leader-lease demo: cannot connect; check that the server runs, and host and port in --url. "
                                + "jdbc:postgresql://127.0.0.1:" + port + "/x says: ")
                .doesNotContain("secret");
        assertThat(run.status()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MARIADB"})
    void aWrongPasswordAndAnUnknownDatabaseAreNamed(DatabaseUnderTest tested) {
        try (TestDatabase database = tested.fresh()) {
            Run refused = Run.demo("--url", database.url(), "--user", database.user(), "--password", "wrong");
            assertThat(refused.err())
                    .startsWith("leader-lease demo: the database refuses user '" + database.user()
                            + "'; check --user, and the password");
            assertThat(refused.status()).isEqualTo(1);

            String url = database.url().replace(database.name(), "nowhere");
            Run missing = Run.demo("--url", url, "--user", database.user(), "--password", database.password());
            assertThat(missing.err())
                    .startsWith("leader-lease demo: there is no such database; check the last part of --url.");
            assertThat(missing.status()).isEqualTo(1);
        }
    }
}
