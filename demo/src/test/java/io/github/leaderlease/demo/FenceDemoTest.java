package io.github.leaderlease.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The second act, as it is played and printed. */
final class FenceDemoTest {

    private static final int WIDTH = 100;

    /** Where the tests run, there may be nothing but ASCII. */
    private static final Look LOOK = Look.ofStandardOutput();

    private static final String ROW = "node-[12] +\\d{13} +\\d+\\.\\d\\d s +\\d+\\.\\d\\d s";

    @Test
    void theLateWriteLandsWithoutTheFenceOnly() throws Exception {
        Rounds.play(round -> {
            Run run = Run.demo("--fence", "--ttl", "3s", "--heartbeat", "1s").undisturbed(round, 2);

            assertShown(run);
            assertThat(run.out()).contains("TTL 3 s", "2 processes; both stand");
        });
    }

    /** One that begins transactions at another isolation level must not alter the story. */
    @Test
    void onAServerToo() throws Exception {
        Rounds.play(FenceDemoTest::playOnAServer);
    }

    private static void playOnAServer(Rounds round) throws SQLException {
        try (TestDatabase database = DatabaseUnderTest.POSTGRESQL.fresh()) {
            alter(database, "default_transaction_isolation = 'serializable'");
            List<String> options = List.of("--fence", "--ttl", "3s", "--heartbeat", "1s", "--url", database.url());
            List<String> login = List.of("--user", database.user(), "--password", database.password());
            Run run = Run.demo(Stream.concat(options.stream(), login.stream()).toArray(String[]::new))
                    .undisturbed(round, 2);

            assertShown(run);
            assertThat(DemoOnServersTest.demoTables(database)).isEmpty();
        }
    }

    private static void alter(TestDatabase database, String setting) throws SQLException {
        try (Connection connection = database.connection();
                Statement statement = connection.createStatement()) {
            statement.execute("alter database " + database.name() + " set " + setting);
        }
    }

    private static void assertShown(Run run) {
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out().lines()).allMatch(line -> line.length() <= WIDTH, "at most " + WIDTH + " wide");
        List<String> story = Stream.of(
                        "LEADS in term 1,",
                        "follows node-1",
                        "isLeader() → yes",
                        "SIGSTOP, right before its commits",
                        "node-1 is lost: no heartbeat for a TTL",
                        "LEADS in term 2,",
                        "no fence    commit → done",
                        "with fence  fence(), commit → done",
                        "SIGCONT",
                        "no fence    commit → LANDED, too late",
                        "with fence  fence() → NotLeaderException",
                        "with fence  by the database: term EXPIRED",
                        "with fence  rollback",
                        "What the database holds in the end")
                .map(LOOK::shown)
                .toList();
        assertThat(run.out()).containsSubsequence(story);
        assertThat(rows(run)).containsExactly("node-2", "node-2", "node-1");
        assertThat(run.out())
                .containsPattern(LOOK.shown("✗ yesterday's leader has the last word +✓ the leader has the last word"))
                .containsPattern("token \\d{13} of node-1 ended EXPIRED, token \\d{13} of node-2 is open")
                .containsPattern("node-1 woke up after \\d+\\.\\d\\d s .* landed \\d+\\.\\d\\d s after\n"
                        + " +that of node-2, .* it was refused, and 0 of its rows are there\\.");
        assertThat(run.pids()).hasSize(2).noneMatch(Run::isAlive);
    }

    /** The writers in both tables, line by line from left to right. */
    private static List<String> rows(Run run) {
        return Pattern.compile(ROW)
                .matcher(run.out())
                .results()
                .map(row -> row.group().split(" ", 2)[0])
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--nodes=3", "--rounds=1"})
    void playsWithTwoNodesAndOneRound(String option) {
        Run run = Run.demo("--fence", option);

        assertThat(run.err()).contains("--fence plays with 2 nodes and one round: leave --nodes and --rounds out");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.pids()).isEmpty();
    }
}
