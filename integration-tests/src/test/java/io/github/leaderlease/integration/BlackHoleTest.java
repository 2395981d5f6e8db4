package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderEvent.LeadershipAtRisk;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.Leg;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testkit.TcpProxy;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The network between the leader and its database swallows everything, and all sockets stay open. */
final class BlackHoleTest {

    private static final Duration TTL = Duration.ofSeconds(3);
    private static final Duration VALID = TTL.multipliedBy(9).dividedBy(10);
    private static final Duration ATTEMPT = TTL.dividedBy(5);

    /** How long close() waits for connections to let themselves be closed. */
    private static final Duration CONNECTIONS = Duration.ofSeconds(5);

    /** The longest that a live candidate may take after the last renewal. */
    private static final Duration TAKEOVER =
            TTL.multipliedBy(102).dividedBy(100).plusMillis(1500);

    private TestDatabase database;
    private TcpProxy proxy;

    private String prepare(Leg leg) {
        database = leg.fresh();
        LeaseMigrations.migrate(database.dataSource());
        proxy = TcpProxy.to("127.0.0.1", database.server().port());
        String url = database.urlThrough(proxy.port());
        // H2 alone ignores the timeout that JDBC sets
        return leg.engine() == Engine.H2 ? url + ";NETWORK_TIMEOUT=" + ATTEMPT.toMillis() : url;
    }

    @AfterEach
    void tidyUp() {
        if (proxy != null) {
            proxy.close();
        }
        if (database != null) {
            database.close();
        }
    }

    static Stream<Arguments> holes() {
        return Stream.of(
                Arguments.of("all", Leg.POSTGRESQL, (Consumer<TcpProxy>) TcpProxy::blackHole),
                Arguments.of("replies", Leg.POSTGRESQL, (Consumer<TcpProxy>) TcpProxy::swallowReplies),
                Arguments.of("all", Leg.H2_SERVER, (Consumer<TcpProxy>) TcpProxy::blackHole),
                Arguments.of("all", Leg.MARIADB, (Consumer<TcpProxy>) TcpProxy::blackHole));
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("holes")
    void theLeaderStopsAtItsDeadlineWhileTheSocketHangsAndAnotherTakesOver(
            String what, Leg leg, Consumer<TcpProxy> fault) {
        String url = prepare(leg);
        try (Member a = Member.join(database, url, "a", TTL).leading();
                Member b = Member.join(database, "b", TTL)) {
            b.follow("a", SOON);
            long token = a.token();
            try (Watch watch = Watch.over(a, b)) {
                fault.accept(proxy);
                long cutAt = System.nanoTime();
                EventLog.Heard lost = a.events().awaitLine(SOON, "lost own EXPIRED", 1);
                assertThat(proxy.openConnections()).as("sockets that hang").isPositive();
                assertThat(a.election().leadership()).isEmpty();
                await().atMost(SOON).until(() -> watch.changes().size() == 1);
                assertThat(since(cutAt, watch.changes().get(0).before())).isLessThanOrEqualTo(VALID);
                assertThat(since(cutAt, lost.at())).isLessThan(VALID.plusSeconds(1));
                EventLog.Heard acquired = b.events().awaitLine(SOON, "acquired", 1);
                assertThat(since(cutAt, acquired.at())).isLessThan(TAKEOVER);
                assertThat(b.token()).isGreaterThan(token);
                proxy.forward();
                a.follow("b", Duration.ofSeconds(30));
                watch.assertNeverTwo(ATTEMPT);
            }
            a.events().awaitStory(SOON, "acquired", "lost own EXPIRED", "following b");
            b.events().awaitStory(SOON, "following a", "lost a EXPIRED", "acquired");
        }
    }

    /** Shorter than TTL - margin - heartbeat - one attempt: 1.1 s. */
    @ParameterizedTest
    @EnumSource(
            value = Leg.class,
            names = {"POSTGRESQL", "MARIADB"})
    void aShortOneCostsNothing(Leg leg) throws Exception {
        String url = prepare(leg);
        try (Member a = Member.join(database, url, "a", TTL).leading();
                Member b = Member.join(database, "b", TTL)) {
            b.follow("a", SOON);
            long token = a.token();
            proxy.hold();
            long heldAt = System.nanoTime();
            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> since(heldAt, System.nanoTime()).toMillis() >= 900);
            proxy.forward();
            Sql.awaitRenewals(database, 3);
            assertThat(a.token()).isEqualTo(token);
            assertThat(a.events().story()).containsExactly("acquired");
            assertThat(b.events().story()).containsExactly("following a");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Leg.class,
            names = {"POSTGRESQL", "H2_SERVER"})
    void closeComesBackWithinItsBound(Leg leg) {
        String url = prepare(leg);
        Duration drain = Duration.ofSeconds(1);
        try (Member a = Member.join(
                        Member.coordinator(database, url, "a", TTL).build(), election -> election.drainTime(drain))
                .leading()) {
            proxy.blackHole();
            long begun = System.nanoTime();
            a.leave();
            Duration elections = drain.plus(ATTEMPT.multipliedBy(3)).plusSeconds(1);
            Duration bound = elections.plus(CONNECTIONS).plusSeconds(1);
            assertThat(since(begun, System.nanoTime())).isLessThan(bound);
            assertThat(a.election().isLeader()).isFalse();
            a.events().awaitStory(SOON, "acquired", "lost own CLOSED");
        }
    }

    @ParameterizedTest
    @EnumSource(value = Leg.class, names = "POSTGRESQL")
    void afterManyPartitionsThereAreAsManyThreadsAndConnectionsAsBefore(Leg leg) throws Exception {
        String url = prepare(leg);
        Duration ttl = Duration.ofMillis(1500);
        try (Member a = Member.join(database, url, "leaky", ttl).leading()) {
            long token = a.token();
            Sql.awaitRenewals(database, 1);
            int ours = Member.NOTIFICATIONS ? 3 : 2;
            await().atMost(SOON).until(() -> proxy.openConnections() == ours);
            long threads = threads();
            for (int cycle = 1; cycle <= 20; cycle++) {
                int times = cycle;
                proxy.hold();
                await().atMost(SOON)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> a.events()
                                        .matching(LeadershipAtRisk.class::isInstance)
                                        .size()
                                >= times);
                proxy.forward();
                a.awaitRenewed();
            }
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(proxy.openConnections()).isEqualTo(ours);
                assertThat(threads()).isLessThanOrEqualTo(threads);
            });
            assertThat(a.token()).isEqualTo(token);
            assertThat(proxy.connections()).isGreaterThan(20);
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("leader-lease-(renew|read|engine).*leaky.*"))
                .count();
    }

    private static Duration since(long start, long end) {
        return Duration.ofNanos(end - start);
    }
}
