package io.github.leaderlease.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** What {@code status} says of each state of an election. */
@ParameterizedClass(name = "{0}")
@EnumSource(
        value = DatabaseUnderTest.class,
        names = {"H2_SERVER", "POSTGRESQL", "MYSQL", "MARIADB"})
final class StatusTest {

    @Parameter
    private DatabaseUnderTest tested;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private TestDatabase database;

    @BeforeEach
    void open() {
        database = tested.fresh();
    }

    @AfterEach
    void close() {
        if (database != null) {
            database.close();
        }
    }

    private int status(String... more) {
        return statusAt(database.url(), more);
    }

    private int statusAt(String url, String... more) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        List<String> args = new ArrayList<>(List.of("status", "--url", url, "--user", database.user()));
        args.addAll(List.of("--password", database.password()));
        args.addAll(List.of(more));
        CommandLine line = Main.commandLine();
        line.setErr(new PrintWriter(err, true)).setOut(new PrintWriter(out, true));
        return line.execute(args.toArray(String[]::new));
    }

    @Test
    void withoutTablesItSaysHowToCreateThem() {
        assertThat(status()).isEqualTo(1);
        assertThat(err.toString()).contains("leader_lease", "apply the migration", "--migrate");
        assertThat(err.toString().strip().lines()).hasSize(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void withoutElectionsItSaysSo() throws SQLException {
        LeaseMigrations.migrate(database.dataSource());
        assertThat(status()).isZero();
        assertThat(err.toString()).contains("no elections yet");
        assertThat(out.toString().strip())
                .as("also then")
                .startsWith("tables ")
                .contains(installation().substring(0, 8));
        assertThat(status("--election", "e")).isEqualTo(3);
        assertThat(err.toString()).contains("no election 'e'");
    }

    @Test
    void listsWhoLeadsAndWhatIsVacant() throws Exception {
        LeaseMigrations.migrate(database.dataSource());
        try (LeaseCoordinator coordinator =
                LeaseCoordinator.builder(database.dataSource()).nodeName("n1").build()) {
            String installation = installation();
            lead(coordinator, "resigned").close();
            try (LeaderElection led = lead(coordinator, "led")) {
                assertThat(status()).isZero();
                assertThat(out.toString().lines().map(line -> line.replaceAll(" {2,}", "|")))
                        .anyMatch(
                                line -> line.matches(
                                        "led\\|n1\\|\\d+\\|\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d[+-]\\d\\d:\\d\\d\\|\\d+\\.\\d+ s\\|at port 1"))
                        .anyMatch(line -> line.matches("resigned\\|-\\|\\d+\\|-\\|vacant \\(CLOSED\\)"))
                        .anyMatch(line -> line.matches("tables \\S+leader_lease \\(installation "
                                + installation.substring(0, 8)
                                + ", database .+\\)"))
                        .hasSize(5);
                long token = led.leadership().orElseThrow().fencingToken();
                assertThat(status("--election", "led", "--format", "json")).isZero();
                assertThat(out.toString().strip())
                        .startsWith(
                                "{\"election\":\"led\",\"state\":\"led\",\"leader\":\"n1\",\"token\":" + token + ",")
                        .contains("\"metadata\":\"at port 1\"", "\"last_end_reason\":null")
                        .contains("\"installation\":\"" + installation + "\"")
                        .containsPattern("\"candidates\":\\[(\\{\"node\":\"n1\",\"label\":null,\"priority\":0,"
                                + "\"eligible\":true,\"leads\":true,\"seconds_silent\":[0-9.]+})?]}$");
                assertThat(out.toString().strip().lines()).hasSize(1);
            }
        }
    }

    @Test
    @Timeout(60)
    void showsTheCandidatesOfOneElection() throws Exception {
        LeaseMigrations.migrate(database.dataSource());
        try (LeaseCoordinator one = LeaseCoordinator.builder(database.dataSource())
                        .nodeName("n1")
                        .label("1.4 in zone a")
                        .build();
                LeaseCoordinator other = LeaseCoordinator.builder(database.dataSource())
                        .nodeName("n2")
                        .build();
                LeaderElection led = lead(one, "led");
                LeaderElection follows = other.election("led").priority(3).start()) {
            while (one.candidates("led").size() < 2) {
                Thread.onSpinWait(); // each look is a round trip
            }
            assertThat(led.isLeader()).isTrue();
            assertThat(follows.isLeader()).isFalse();
            assertThat(status("--election", "led")).isZero();
            assertThat(err.toString()).isEmpty();
            assertThat(out.toString().lines().map(line -> line.replaceAll(" {2,}", "|")))
                    .containsSubsequence("CANDIDATE|PRIORITY|LAST SEEN|LABEL")
                    .anyMatch(line -> line.matches("n2\\|3\\|\\d+ s ago"))
                    .anyMatch(line -> line.matches("n1 \\(leads\\)\\|0\\|\\d+ s ago\\|1.4 in zone a"));
            follows.suspend().join();
            while (one.candidates("led").get(0).priority() == 3) {
                Thread.onSpinWait();
            }
            assertThat(status("--election", "led")).isZero();
            assertThat(out.toString().lines().map(line -> line.replaceAll(" {2,}", "|")))
                    .anyMatch(line -> line.matches("n2 \\(not eligible\\)\\|3\\|\\d+ s ago"));
            assertThat(status("--election", "led", "--format", "json")).isZero();
            assertThat(out.toString())
                    .containsPattern("\"candidates\":\\[\\{\"node\":\"n1\".*,\\{\"node\":\"n2\",\"label\":null,"
                            + "\"priority\":3,\"eligible\":false,\"leads\":false,\"seconds_silent\":[0-9.]+}]}");
            run("drop view leader_candidates");
            assertThat(status("--election", "led")).as("who leads").isZero();
            assertThat(out.toString()).contains("n1").doesNotContain("CANDIDATE");
            assertThat(err.toString())
                    .startsWith("the candidates cannot be read: ")
                    .hasLineCount(1);
            assertThat(status("--election", "led", "--format", "json")).isZero();
            assertThat(out.toString().strip()).endsWith(",\"candidates\":null}");
        }
    }

    private void run(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** As the database has it. */
    private String installation() throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select installation_id from leader_installation")) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    /** MySQL's and MariaDB's columns know no time zone; neither that of the JVM nor that of the session counts. */
    @Test
    void theStartOfATermIsRightInEveryTimeZoneAndLanguage() throws Exception {
        LeaseMigrations.migrate(database.dataSource());
        TimeZone zone = TimeZone.getDefault();
        Locale locale = Locale.getDefault();
        try (LeaseCoordinator coordinator =
                        LeaseCoordinator.builder(database.dataSource()).build();
                LeaderElection led = lead(coordinator, "led")) {
            assertThat(led.isLeader()).isTrue();
            for (String language : List.of("ar-EG-u-nu-arab", "th-TH-u-ca-buddhist-nu-thai", "tr-TR", "de-DE")) {
                Locale.setDefault(Locale.forLanguageTag(language));
                for (String place : List.of("America/New_York", "Asia/Kolkata", "Pacific/Apia")) {
                    TimeZone.setDefault(TimeZone.getTimeZone(place));
                    for (String url : urls()) {
                        assertThat(statusAt(url, "--format", "json"))
                                .as(err.toString())
                                .isZero();
                        String since = out.toString().replaceAll("(?s).*\"since\":\"([^\"]*)\".*", "$1");
                        assertThat(Instant.parse(since))
                                .as(language + " " + place)
                                .isCloseTo(Instant.now(), within(10, ChronoUnit.MINUTES));
                        assertThat(statusAt(url)).isZero();
                        String shown = Instant.parse(since)
                                .truncatedTo(ChronoUnit.SECONDS)
                                .atZone(ZoneId.of(place))
                                .toOffsetDateTime()
                                .toString()
                                .replace('T', ' ');
                        assertThat(out.toString()).contains(shown.length() < 25 ? shown.substring(0, 16) : shown);
                        assertThat(out.toString()).as(language).matches("\\p{ASCII}*");
                    }
                }
            }
        } finally {
            TimeZone.setDefault(zone);
            Locale.setDefault(locale);
        }
    }

    private List<String> urls() {
        String session = switch (tested) {
            case MYSQL, MARIADB -> "sessionVariables=time_zone='-05:00'";
            case POSTGRESQL -> "options=-c%20TimeZone=Asia/Tokyo";
            default -> "";
        };
        String url = database.url();
        return session.isEmpty() ? List.of(url) : List.of(url, url + (url.contains("?") ? "&" : "?") + session);
    }

    private static LeaderElection lead(LeaseCoordinator coordinator, String election) throws InterruptedException {
        CountDownLatch leads = new CountDownLatch(1);
        LeaderElection started = coordinator
                .election(election)
                .metadata("at port 1")
                .listener(event -> leads.countDown())
                .start();
        assertThat(leads.await(Tool.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return started;
    }
}
