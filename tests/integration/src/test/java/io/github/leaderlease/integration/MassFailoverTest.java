package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaderEvent.LeadershipLost;
import io.github.leaderlease.LeaderListener;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.LossReason;
import io.github.leaderlease.integration.CrowdProcess.Tally;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testdatabases.TestServer;
import io.github.leaderlease.testkit.TcpProxy;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The node that leads thousands of elections dies, or loses all of them at once. */
@Isolated("keeps all processors busy, and measures time")
final class MassFailoverTest {

    private static final int ELECTIONS = Integer.getInteger("mass.elections", 10_000);
    private static final int SURVIVORS = 3;
    private static final Duration TTL = Duration.ofSeconds(10);

    /** It takes two to three seconds more than the TTL; that it takes no minutes is what a shared machine can show. */
    private static final Duration TAKEOVER =
            TTL.multipliedBy(102).dividedBy(100).plusSeconds(15);

    private static final Duration LONG = Duration.ofMinutes(3);

    /** One that renews and one that reads and acquires; one more where it listens. */
    private static final int CONNECTIONS = 2;

    private TestServer server;
    private TestDatabase database;

    /** Anew in each round. */
    private void begin() {
        end();
        server = DatabaseUnderTest.POSTGRESQL.startPrivate();
        database = server.fresh();
        LeaseMigrations.migrate(database.dataSource());
    }

    @AfterEach
    void end() {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    @Test
    void theSurvivorsOfTheHolderOfAllShareThem() throws Exception {
        Rounds.play(this::failOver);
    }

    private void failOver(Rounds round) throws Exception {
        begin();
        List<CrowdProcess> survivors = new ArrayList<>();
        try (CrowdProcess holder = crowd("holder")) {
            holder.awaitReady(LONG);
            await().atMost(LONG).until(() -> holder.tally().led().equals(List.of(ELECTIONS)));
            for (int i = 0; i < SURVIVORS; i++) {
                survivors.add(crowd("survivor" + i));
            }
            for (CrowdProcess survivor : survivors) {
                survivor.awaitReady(LONG);
                await().alias("follows in all elections")
                        .atMost(LONG)
                        .until(() -> survivor.tally().lowest() > 0);
            }
            List<Integer> threads = threads(survivors);
            round.require(terms() == ELECTIONS, "a lease ran out by itself");
            try (LockWatch watch = LockWatch.over(database)) {
                holder.kill();
                String lastRenewal = Sql.one(database, "select max(renewed_at) from leader_lease");
                await().atMost(LONG)
                        .until(() -> shares(survivors).stream()
                                        .mapToInt(Integer::intValue)
                                        .sum()
                                == ELECTIONS);
                assertShared(round, survivors, lastRenewal, watch);
            }
            assertThat(threads(survivors)).as("threads after as before").isEqualTo(threads);
            round.excuse("a lease ran out by itself", () -> expired() > ELECTIONS);
            Sql.awaitAllRenewed(database, LONG);
            assertThat(shares(survivors).stream().mapToInt(Integer::intValue).sum())
                    .as("still led")
                    .isEqualTo(ELECTIONS);
            assertThat(terms()).as("one new term for each").isEqualTo(2L * ELECTIONS);
        } finally {
            survivors.forEach(CrowdProcess::close);
        }
    }

    private void assertShared(Rounds round, List<CrowdProcess> survivors, String lastRenewal, LockWatch watch)
            throws Exception {
        List<Integer> shares = shares(survivors);
        Duration took = Duration.ofMillis(Long.parseLong(Sql.one(
                database,
                "select cast(1000 * extract(epoch from max(started_at) - timestamptz '" + lastRenewal
                        + "') as bigint) from leader_term")));
        System.out.printf(
                "[mass] %d elections, TTL %s: all led %s after the last renewal, shares %s, at most %d connections and"
                        + " %d waiting for locks%n",
                ELECTIONS, TTL, took, shares, watch.mostConnections(), watch.mostWaiting());
        assertThat(took).isGreaterThanOrEqualTo(TTL);
        round.within(TAKEOVER, took, "the takeover of all");
        round.require(
                shares.stream().allMatch(share -> share >= ELECTIONS / 5),
                "not a fifth for each, since a process that is held up gets less: " + shares);
        assertThat(watch.samples()).isGreaterThan(20);
        assertThat(watch.mostConnections())
                .as("connections, with one for the questions of this test")
                .isLessThanOrEqualTo((SURVIVORS + 1) * CONNECTIONS + 1);
        assertThat(watch.mostWaiting()).as("waiting for locks").isLessThanOrEqualTo(SURVIVORS);
    }

    private static List<Integer> shares(List<CrowdProcess> survivors) throws IOException, InterruptedException {
        List<Integer> shares = new ArrayList<>();
        for (CrowdProcess survivor : survivors) {
            Tally tally = survivor.tally();
            shares.add(tally.led().get(0));
        }
        return shares;
    }

    private static List<Integer> threads(List<CrowdProcess> survivors) throws IOException, InterruptedException {
        List<Integer> threads = new ArrayList<>();
        for (CrowdProcess survivor : survivors) {
            threads.add(survivor.threads());
        }
        return threads;
    }

    private CrowdProcess crowd(String name) throws IOException {
        return CrowdProcess.start(database.url(), database.user(), database.password(), name, 1, ELECTIONS, TTL);
    }

    private long terms() throws Exception {
        return Long.parseLong(Sql.one(database, "select count(*) from leader_term"));
    }

    private long expired() {
        try {
            return Long.parseLong(Sql.one(database, "select count(*) from leader_term where end_reason = 'EXPIRED'"));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theHolderOfAllThatLostThemLeadsAgainWhenTheDatabaseIsBack() throws Exception {
        Rounds.play(this::loseAll);
    }

    private void loseAll(Rounds round) throws Exception {
        begin();
        AtomicInteger lost = new AtomicInteger();
        LeaderListener losses = event -> {
            if (event instanceof LeadershipLost loss && loss.own() && loss.reason() == LossReason.EXPIRED) {
                lost.incrementAndGet();
            }
        };
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", server.port());
                LeaseCoordinator coordinator = Member.coordinator(
                                database, database.urlThrough(proxy.port()), "holder", TTL)
                        .build()) {
            List<LeaderElection> elections = Candidacies.stand(coordinator, 0, ELECTIONS, losses);
            Candidacies.awaitAllLed(elections, LONG);
            int threads = Candidacies.threads("holder");
            await().atMost(LONG).until(() -> proxy.openConnections() == CONNECTIONS + 1);
            round.require(lost.get() == 0, "a lease ran out by itself");
            round.excuse("a lease ran out by itself", () -> lost.get() > ELECTIONS);
            proxy.refuse();
            proxy.cut();
            long cutAt = System.nanoTime();
            await().atMost(LONG).until(() -> lost.get() == ELECTIONS);
            Duration told = Duration.ofNanos(System.nanoTime() - cutAt);
            await().atMost(LONG)
                    .until(() -> System.nanoTime() - cutAt > TTL.multipliedBy(2).toNanos());
            assertThat(Candidacies.led(elections)).isZero();
            assertThat(Candidacies.threads("holder"))
                    .as("threads during the outage")
                    .isLessThanOrEqualTo(threads);
            proxy.forward();
            long backAt = System.nanoTime();
            Candidacies.awaitAllLed(elections, LONG);
            Duration took = Duration.ofNanos(System.nanoTime() - backAt);
            System.out.printf(
                    "[mass] %d elections, TTL %s: all lost and told %s after the cut, all led %s after the return%n",
                    ELECTIONS, TTL, told, took);
            round.within(TAKEOVER, took, "to lead all again");
            round.within(TTL.plusSeconds(5), told, "to be told of all losses");
            Sql.awaitAllRenewed(database, LONG);
            assertThat(Candidacies.threads("holder")).isEqualTo(threads);
            await().atMost(LONG).until(() -> proxy.openConnections() == CONNECTIONS + 1);
            assertThat(Candidacies.led(elections)).isEqualTo(ELECTIONS);
            assertThat(lost).as("one loss each").hasValue(ELECTIONS);
            assertThat(terms()).isEqualTo(2L * ELECTIONS);
        }
    }
}
