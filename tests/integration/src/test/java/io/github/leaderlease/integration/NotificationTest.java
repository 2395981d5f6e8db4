package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static io.github.leaderlease.testdatabases.Engine.POSTGRESQL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.LeaseCoordinatorBuilder;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testkit.TcpProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.postgresql.PGConnection;

/** Being told of changes, losing that, and getting it back. */
@ForEachDatabase(POSTGRESQL)
@Execution(ExecutionMode.CONCURRENT)
final class NotificationTest {

    /** So long that a follower which listens looks every five seconds only. */
    private static final Duration TTL = Duration.ofSeconds(60);

    private static final Duration HEARTBEAT = Duration.ofSeconds(20);

    /** A second is the soonest that a follower would look by itself after the last look. */
    private static final Duration POLL = Duration.ofSeconds(1);

    /**
     * Up to 15 s of silence, 5 s for a probe that is not heard, 1 s to give the connection up, 1 s until the next, and 10 s
     * until that has failed: 5 s to connect and as much for the first answer. As much again for this machine.
     */
    private static final Duration TO_NOTICE = Duration.ofSeconds(32).plus(SOON);

    private static final String LISTENERS = "select pid from pg_stat_activity where datname = current_database()"
            + " and (query ilike 'listen %' or query ilike 'unlisten %')";

    private static final String CHANNEL = "'leader_lease_' || cast(cast(to_regclass('leader_lease') as oid) as text)";

    private final DatabaseUnderTest tested;
    private TestDatabase database;

    NotificationTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @BeforeEach
    void migrate() {
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
    }

    @AfterEach
    void drop() {
        if (database != null) {
            database.close();
        }
    }

    private LeaseCoordinatorBuilder coordinator(String node) {
        return LeaseCoordinator.builder(database.url(), database.user(), database.password())
                .nodeName(node)
                .closeOnShutdown(false);
    }

    private Member join(String node) {
        return join(coordinator(node));
    }

    private static Member join(LeaseCoordinatorBuilder coordinator) {
        return Member.join(coordinator.build(), election -> election.ttl(TTL).heartbeat(HEARTBEAT));
    }

    private List<String> listeners() {
        try {
            return Sql.list(database, LISTENERS);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitListening(int many) {
        await().atMost(SOON).until(() -> listeners().size() == many);
    }

    @Test
    void aFollowerIsToldAtOnce() throws Exception {
        try (Member a = join("a").leading();
                Member b = join("b")) {
            b.follow("a", SOON);
            awaitListening(2);
            assertThat(quickestHandover(a, b)).isLessThan(POLL.dividedBy(2));
        }
        await("connections given back").atMost(SOON).until(() -> listeners().isEmpty());
    }

    /** Of a few: one that was found by polling may be quick by chance, but these would all have to wait for seconds. */
    private static Duration quickestHandover(Member a, Member b) throws Exception {
        Duration quickest = TTL;
        for (int i = 0; i < 4; i++) {
            Member leader = a.election().isLeader() ? a : b;
            Member follower = a.election().isLeader() ? b : a;
            long start = System.nanoTime();
            leader.election().resign().get(60, TimeUnit.SECONDS);
            follower.lead(SOON);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            quickest = took.compareTo(quickest) < 0 ? took : quickest;
            leader.follow(follower.coordinator().nodeName(), SOON);
        }
        return quickest;
    }

    @Test
    void aListenerThatWasCutOffComesBackWithoutAWord() throws Exception {
        try (LogCapture log = LogCapture.of(LeaseCoordinator.class);
                Member a = join("cut-a-" + tested).leading();
                Member b = join("cut-b-" + tested)) {
            b.follow("cut-a-" + tested, SOON);
            awaitListening(2);
            await("it looks rarely, so it hears")
                    .atMost(SOON)
                    .until(() -> b.election().leader().orElseThrow().staleness().compareTo(POLL.multipliedBy(2)) > 0);
            List<String> before = listeners();
            Sql.list(database, "select pg_terminate_backend(pid) from (" + LISTENERS + ") x");
            await().atMost(SOON).until(() -> {
                List<String> now = listeners();
                return now.size() == 2 && now.stream().noneMatch(before::contains);
            });
            assertThat(quickestHandover(a, b)).isLessThan(POLL.dividedBy(2));
            assertThat(log.warnings()).noneMatch(line -> line.startsWith("node cut-b-" + tested + ":"));
        }
    }

    @Test
    void inABlackHoleItPollsAndSaysSoOnceAndComesBack() throws Exception {
        String name = "hole-b-" + tested;
        try (LogCapture log = LogCapture.of(LeaseCoordinator.class);
                TcpProxy proxy = TcpProxy.to("127.0.0.1", database.server().port());
                Member a = join("hole-a-" + tested).leading();
                Member b = join(coordinator(name)
                        .listenOn(database.urlThrough(proxy.port()), database.user(), database.password()))) {
            b.follow("hole-a-" + tested, SOON);
            awaitListening(2);
            proxy.blackHole();
            await().atMost(TO_NOTICE).until(() -> !told(log, name).isEmpty());
            a.election().resign().get(60, TimeUnit.SECONDS);
            b.lead(POLL.plusSeconds(3));
            a.follow(name, SOON);
            proxy.forward();
            await().atMost(TO_NOTICE.multipliedBy(2))
                    .until(() -> told(log, name).size() > 1);
            assertThat(quickestHandover(a, b)).isLessThan(POLL.dividedBy(2));
            assertThat(told(log, name)).hasSize(2);
            assertThat(told(log, name).get(0))
                    .startsWith("WARN node " + name + ": LISTEN/NOTIFY is unavailable: polling instead");
            assertThat(told(log, name).get(1)).startsWith("INFO node " + name + ": LISTEN/NOTIFY is available again");
        }
    }

    private static List<String> told(LogCapture log, String node) {
        return log.events().stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .filter(line -> line.contains("node " + node + ":"))
                .toList();
    }

    /** Anybody who may connect may say anything on the channel. */
    @Test
    void aFloodOfForgedHintsCausesFewLooksAndNoChange() throws Exception {
        AtomicInteger statements = new AtomicInteger();
        LeaseCoordinator counted = LeaseCoordinator.builder(
                        TamperedConnection.of(database.dataSource(), (method, arguments) -> {
                            if (method.equals("prepareStatement")) {
                                statements.incrementAndGet();
                            }
                        }))
                .nodeName("b")
                .ttl(TTL)
                .heartbeat(HEARTBEAT)
                .listenOn(database.url(), database.user(), database.password())
                .closeOnShutdown(false)
                .build();
        try (Member a = join("a").leading();
                Member b = Member.join(counted, election -> election);
                Connection forger = database.connection()) {
            b.follow("a", SOON);
            awaitListening(2);
            int before = statements.get();
            long start = System.nanoTime();
            long notified = 0;
            while (System.nanoTime() - start < Duration.ofSeconds(3).toNanos()) {
                Sql.list(
                        forger,
                        "select pg_notify(" + CHANNEL + ", case i % 4 when 0 then 'job' when 1 then 'other' || i"
                                + " when 2 then '?' || i else repeat('x', 7000) end)"
                                + " from generate_series(1, 400) i");
                notified += 400;
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            int looks = statements.get() - before;
            assertThat(notified).isGreaterThan(2000);
            assertThat(looks)
                    .as("statements in %.1f s of %d forged hints", seconds, notified)
                    .isBetween(1, (int) (5 * (seconds + 1)) + 3);
            assertThat(a.events().story()).containsExactly("acquired");
            assertThat(b.events().story()).containsExactly("following a");
            assertThat(a.election().isLeader()).isTrue();
        }
    }

    @Test
    void nodesThatNameTheSchemaDifferentlyHearEachOther() throws Exception {
        try (Member a = join(coordinator("a").schema("public")).leading();
                Member b = join("b")) {
            b.follow("a", SOON);
            awaitListening(2);
            assertThat(quickestHandover(a, b)).isLessThan(POLL.dividedBy(2));
        }
    }

    @Test
    void switchedOffItNeitherListensNorTells() throws Exception {
        try (Connection ear = database.connection()) {
            Sql.run(ear, "listen " + Sql.list(ear, "select " + CHANNEL).get(0));
            try (Member a = join(coordinator("a").notifications(false)).leading();
                    Member b = join(coordinator("b").notifications(false))) {
                b.follow("a", SOON);
                a.election().resign().get(60, TimeUnit.SECONDS);
                b.lead(SOON);
                a.follow("b", SOON);
                assertThat(listeners()).as("but this test's own").hasSize(1);
            }
            assertThat(heard(ear)).isEmpty();
            try (Member c = join("c").leading()) {
                assertThat(c.election().isLeader()).isTrue();
                await().atMost(SOON).until(() -> heard(ear).contains(Member.ELECTION));
            }
        }
        assertThatThrownBy(() -> coordinator("d")
                        .notifications(false)
                        .listenOn(database.url(), null, null)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("notifications(false)");
    }

    private static List<String> heard(Connection ear) throws SQLException {
        List<String> heard = new ArrayList<>();
        for (var said : ear.unwrap(PGConnection.class).getNotifications(1)) {
            heard.add(said.getParameter());
        }
        return heard;
    }

    /** Renewals are nobody's business: a notification for each would cost more than all polling. */
    @Test
    void renewalsAreNotAnnounced() throws Exception {
        try (Connection ear = database.connection()) {
            Sql.run(ear, "listen " + Sql.list(ear, "select " + CHANNEL).get(0));
            LeaseCoordinator quick =
                    coordinator("a").ttl(TTL).heartbeat(Duration.ofMillis(300)).build();
            try (Member a = Member.join(quick, election -> election).leading()) {
                await().atMost(SOON).until(() -> heard(ear).contains(Member.ELECTION));
                Sql.awaitRenewals(database, 8);
                assertThat(a.election().isLeader()).isTrue();
                assertThat(heard(ear)).doesNotContain(Member.ELECTION);
            }
        }
    }
}
