package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testdatabases.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What a coordinator costs its database, measured on a server that nobody else uses. */
final class FootprintTest {

    /** Follows somebody else's lease, and looks often. */
    private static final Duration TTL = Duration.ofSeconds(2);

    /** Asking for it assigns no transaction id: the next one that will be given is the end of any snapshot. */
    private static final String NEXT_TRANSACTION = "select pg_snapshot_xmax(pg_current_snapshot())::text";

    private static final String CONNECTIONS =
            "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";

    @Test
    void anIdleFollowerConsumesOneTransactionIdInTenSeconds() throws Exception {
        try (TestServer server = DatabaseUnderTest.POSTGRESQL.startPrivate();
                TestDatabase database = server.fresh();
                Connection observer = database.connection()) {
            LeaseMigrations.migrate(database.dataSource());
            Sql.run(observer, "alter system set autovacuum = off", "select pg_reload_conf()");
            holdForAnHour(observer);
            try (Member b = Member.join(database, "b", TTL)) {
                b.follow("somebody", SOON);
                await().atMost(SOON)
                        .until(() -> b.coordinator().candidates(Member.ELECTION).size() == 1);
                long began = System.nanoTime();
                long before = nextTransaction(observer);
                assertThat(nextTransaction(observer))
                        .as("measuring consumes none")
                        .isEqualTo(before);
                awaitReads(b, 10);
                long consumed = nextTransaction(observer) - before;
                long tens = (System.nanoTime() - began) / Duration.ofSeconds(10).toNanos();
                assertThat(consumed).as("in more than %d tens of seconds", tens).isBetween(0L, tens + 1);
                assertThat(b.election().isLeader()).isFalse();
                Sql.run(observer, "update leader_lease set renewal = renewal + 1");
                assertThat(nextTransaction(observer))
                        .as("the measure sees a write")
                        .isGreaterThan(before + consumed);
            }
        }
    }

    private static long nextTransaction(Connection observer) throws SQLException {
        return Long.parseLong(Sql.list(observer, NEXT_TRANSACTION).get(0));
    }

    private static void holdForAnHour(Connection connection) throws Exception {
        Sql.run(
                connection,
                "insert into leader_term (election_name, token, holder_id, node_name, ttl_ms, started_at)"
                        + " values ('job', 7, 'h', 'somebody', 3600000, now())",
                "insert into leader_lease (election_name, token, renewal, holder_id, ttl_ms, renewed_at, expires_at,"
                        + " acquired_incarnation) values ('job', 7, 0, 'h', 3600000, now(), now(), 'before')");
    }

    /** Each read makes the follower's knowledge young again. */
    private static void awaitReads(Member follower, int more) {
        AtomicReference<Duration> last = new AtomicReference<>(age(follower));
        AtomicInteger reads = new AtomicInteger();
        await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> {
            Duration age = age(follower);
            if (age.compareTo(last.getAndSet(age)) < 0) {
                reads.incrementAndGet();
            }
            return reads.get() >= more;
        });
    }

    private static Duration age(Member follower) {
        return follower.election().leader().orElseThrow().staleness();
    }

    @Test
    void threeConnectionsServeAnyNumberOfElections() throws Exception {
        try (TestServer server = DatabaseUnderTest.POSTGRESQL.startPrivate();
                TestDatabase database = server.fresh();
                Connection observer = database.connection()) {
            LeaseMigrations.migrate(database.dataSource());
            try (LeaseCoordinator coordinator =
                    Member.steady(database, database.url(), "many").build()) {
                await().atMost(SOON).until(() -> Sql.list(observer, CONNECTIONS).equals(List.of("3")));
                List<LeaderElection> elections = Candidacies.stand(coordinator, 0, 50);
                await().atMost(SOON).until(() -> elections.stream().allMatch(LeaderElection::isLeader));
                assertThat(Sql.list(observer, CONNECTIONS)).containsExactly("3");
                assertThat(threads())
                        .as("engine, renewals, reads, notifications")
                        .isEqualTo(4);
                String renewed = "select count(*) from leader_lease where renewal > 2";
                await().atMost(SOON).until(() -> Sql.list(observer, renewed).equals(List.of("50")));
                assertThat(elections).allMatch(LeaderElection::isLeader);
            }
            await().atMost(SOON).until(() -> Sql.list(observer, CONNECTIONS).equals(List.of("0")));
        }
    }

    /** However many elections: one statement for all renewals of a heartbeat, one for a look at all that are followed. */
    @Test
    void theNumberOfStatementsDoesNotGrowWithTheNumberOfElections() throws Exception {
        int many = 200;
        try (TestDatabase database = DatabaseUnderTest.POSTGRESQL.fresh()) {
            LeaseMigrations.migrate(database.dataSource());
            AtomicInteger leads = new AtomicInteger();
            AtomicInteger follows = new AtomicInteger();
            try (LeaseCoordinator leader = counting(database, "leader", leads);
                    LeaseCoordinator follower = counting(database, "follower", follows)) {
                List<LeaderElection> led = Candidacies.stand(leader, 0, many);
                await().atMost(SOON.multipliedBy(2)).until(() -> led.stream().allMatch(LeaderElection::isLeader));
                List<LeaderElection> followed = Candidacies.stand(follower, 0, many);
                await().atMost(SOON)
                        .until(() -> followed.stream().allMatch(e -> e.leader().isPresent()));
                String heartbeats = "select min(renewal) from leader_lease";
                int ledBefore = leads.get();
                int followedBefore = follows.get();
                long from = Long.parseLong(Sql.one(database, heartbeats));
                await().atMost(SOON).until(() -> Long.parseLong(Sql.one(database, heartbeats)) >= from + 4);
                int ledCost = leads.get() - ledBefore;
                int followedCost = follows.get() - followedBefore;
                assertThat(led).allMatch(LeaderElection::isLeader);
                assertThat(ledCost)
                        .as("statements of who leads %d elections", many)
                        .isBetween(4, many / 5);
                assertThat(followedCost)
                        .as("statements of who follows %d elections", many)
                        .isBetween(4, many / 5);
            }
        }
    }

    private static LeaseCoordinator counting(TestDatabase database, String node, AtomicInteger statements) {
        DataSource counted = TamperedConnection.of(database.dataSource(), (method, arguments) -> {
            if (method.equals("prepareStatement")) {
                statements.incrementAndGet();
            }
        });
        return LeaseCoordinator.builder(counted)
                .nodeName(node)
                .ttl(Member.STEADY)
                .heartbeat(Duration.ofSeconds(1))
                .closeOnShutdown(false)
                .build();
    }

    /** Threads that run listeners come and go with the events. */
    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("leader-lease-(?!events).*-many"))
                .count();
    }
}
