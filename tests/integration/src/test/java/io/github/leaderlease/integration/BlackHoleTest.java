package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderEvent.CallFailed;
import io.github.leaderlease.LeaderEvent.LeadershipAtRisk;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.Rounds;
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

    private String prepare(DatabaseUnderTest tested) {
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        proxy = TcpProxy.to("127.0.0.1", database.server().port());
        String url = database.urlThrough(proxy.port());
        // H2 alone ignores the timeout that JDBC sets
        return tested.engine() == Engine.H2 ? url + ";NETWORK_TIMEOUT=" + ATTEMPT.toMillis() : url;
    }

    @AfterEach
    void tidyUp() {
        if (proxy != null) {
            proxy.close();
            proxy = null;
        }
        if (database != null) {
            database.close();
            database = null;
        }
    }

    static Stream<Arguments> holes() {
        return Stream.of(
                Arguments.of("all", DatabaseUnderTest.POSTGRESQL, (Consumer<TcpProxy>) TcpProxy::blackHole),
                Arguments.of("replies", DatabaseUnderTest.POSTGRESQL, (Consumer<TcpProxy>) TcpProxy::swallowReplies),
                Arguments.of("all", DatabaseUnderTest.H2_SERVER, (Consumer<TcpProxy>) TcpProxy::blackHole),
                Arguments.of("all", DatabaseUnderTest.MARIADB, (Consumer<TcpProxy>) TcpProxy::blackHole));
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("holes")
    void theLeaderStopsAtItsDeadlineWhileTheSocketHangsAndAnotherTakesOver(
            String what, DatabaseUnderTest tested, Consumer<TcpProxy> fault) throws Exception {
        Rounds.play(round -> {
            tidyUp();
            theLeaderStops(round, tested, fault);
        });
    }

    private void theLeaderStops(Rounds round, DatabaseUnderTest tested, Consumer<TcpProxy> fault) {
        String url = prepare(tested);
        try (Member a = Member.join(database, url, "a", TTL).mayExpire(round, 1).leading();
                Member b = Member.join(database, "b", TTL).mayExpire(round, 0)) {
            b.follow("a", SOON);
            try (Watch watch = Watch.over(a, b)) {
                long token = a.leads(round);
                fault.accept(proxy);
                long cutAt = System.nanoTime();
                EventLog.Heard lost = a.events().awaitLine(SOON, "lost own EXPIRED", 1);
                assertThat(proxy.openConnections()).as("sockets that hang").isPositive();
                assertThat(a.election().leadership()).isEmpty();
                await().atMost(SOON).until(() -> watch.changes().size() == 1);
                assertThat(since(cutAt, watch.changes().get(0).before())).isLessThanOrEqualTo(VALID);
                round.within(VALID.plusSeconds(1), since(cutAt, lost.at()), "to be told of the loss");
                EventLog.Heard acquired = b.events().awaitLine(SOON, "acquired", 1);
                round.within(TAKEOVER, since(cutAt, acquired.at()), "the takeover");
                assertThat(b.token()).isGreaterThan(token);
                proxy.forward();
                a.follow("b", Duration.ofSeconds(30));
                watch.assertNeverTwo();
            }
            a.events().awaitStory(SOON, "acquired", "lost own EXPIRED", "following b");
            b.events().awaitStory(SOON, "following a", "lost a EXPIRED", "acquired");
        }
    }

    /** Much shorter than what a lease has left after an attempt that fails, which is given up after a fifth of the TTL. */
    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MARIADB"})
    void aShortOneCostsNothing(DatabaseUnderTest tested) throws Exception {
        String url = prepare(tested);
        Duration ttl = Duration.ofSeconds(20);
        try (Member a = Member.join(
                                Member.coordinator(database, url, "a", ttl, Duration.ofSeconds(1))
                                        .build(),
                                election -> election)
                        .leading();
                Member b = Member.join(database, "b", ttl)) {
            b.follow("a", SOON);
            long token = a.token();
            proxy.hold();
            long heldAt = System.nanoTime();
            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> since(heldAt, System.nanoTime()).toMillis() >= 1500);
            proxy.forward();
            Sql.awaitRenewals(database, 2);
            assertThat(a.token()).isEqualTo(token);
            assertThat(a.events().story()).containsExactly("acquired");
            assertThat(b.events().story()).containsExactly("following a");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "H2_SERVER"})
    void closeComesBackWithinItsBound(DatabaseUnderTest tested) throws Exception {
        Rounds.play(round -> {
            tidyUp();
            close(round, tested);
        });
    }

    private void close(Rounds round, DatabaseUnderTest tested) {
        String url = prepare(tested);
        Duration drain = Duration.ofSeconds(1);
        try (Member a = Member.join(
                        Member.coordinator(database, url, "a", TTL).build(), election -> election.stopTimeout(drain))
                .mayExpire(round, 0)
                .leading()) {
            proxy.blackHole();
            long begun = System.nanoTime();
            a.leave();
            Duration elections = drain.plus(ATTEMPT.multipliedBy(3)).plusSeconds(1);
            Duration bound = elections.plus(CONNECTIONS).plusSeconds(1);
            Duration took = since(begun, System.nanoTime());
            assertThat(a.election().isLeader()).isFalse();
            a.events().awaitStory(SOON, "acquired", "lost own CLOSED");
            round.within(bound, took, "close()");
        }
    }

    /** Each costs the connection that is in use. On a busy machine some cost the lease too, and it leads again then. */
    @ParameterizedTest
    @EnumSource(value = DatabaseUnderTest.class, names = "POSTGRESQL")
    void afterManyPartitionsThereAreAsManyThreadsAndConnectionsAsBefore(DatabaseUnderTest tested) {
        String url = prepare(tested);
        Duration ttl = Duration.ofMillis(1500);
        try (Member a = Member.join(database, url, "leaky", ttl).leading()) {
            int ours = Member.NOTIFICATIONS ? 3 : 2;
            await().atMost(SOON).until(() -> proxy.openConnections() == ours);
            long threads = threads();
            for (int cycle = 1; cycle <= 20; cycle++) {
                long failed = failures(a);
                proxy.hold();
                await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> failures(a) > failed);
                proxy.forward();
                a.awaitRenewed();
            }
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(proxy.openConnections()).isEqualTo(ours);
                assertThat(threads()).isLessThanOrEqualTo(threads);
            });
            assertThat(proxy.connections()).isGreaterThan(20);
        }
    }

    /** Renewals that fail put the leadership at risk, other calls fail as such. */
    private static int failures(Member member) {
        return member.events()
                .matching(event -> event instanceof LeadershipAtRisk || event instanceof CallFailed)
                .size();
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
