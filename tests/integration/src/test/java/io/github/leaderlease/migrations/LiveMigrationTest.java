package io.github.leaderlease.migrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaderEvent;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A later version alters the lease table while nodes are alive and somebody keeps a transaction open that has read it. */
final class LiveMigrationTest {

    private static final Duration TTL = Duration.ofSeconds(3);

    /** Long enough for heartbeats that had to wait behind the migration to cost the lease. */
    private static final Duration OPEN = TTL.plusSeconds(2);

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MYSQL", "MARIADB", "H2_MEMORY"})
    void aMigrationThatWaitsForItsLockCostsNoLease(DatabaseUnderTest tested) throws Exception {
        Rounds.play(round -> migrate(tested, round));
    }

    private static void migrate(DatabaseUnderTest tested, Rounds round) throws Exception {
        try (TestDatabase database = tested.fresh()) {
            LeaseMigrations.migrate(database.dataSource());
            Queue<LeaderEvent> losses = new ConcurrentLinkedQueue<>();
            round.excuse("a lease ran out", () -> !losses.isEmpty()); // were it the migration's fault, in each round
            try (LeaseCoordinator a = coordinator(database, "a");
                    LeaseCoordinator b = coordinator(database, "b");
                    LeaderElection leader = join(a, losses)) {
                await().atMost(Duration.ofSeconds(20)).until(leader::isLeader);
                try (LeaderElection follower = join(b, losses)) {
                    List<String> applied = whileATransactionIsOpen(database, tested);
                    assertThat(losses).isEmpty();
                    assertThat(leader.isLeader()).isTrue();
                    assertThat(follower.isLeader()).isFalse();
                    assertThat(applied).containsExactly("V98__alter_live.sql");
                }
            }
        }
    }

    private static List<String> whileATransactionIsOpen(TestDatabase database, DatabaseUnderTest tested)
            throws Exception {
        CompletableFuture<List<String>> migration;
        try (Connection open = database.connection();
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute(
                    tested.engine() == Engine.H2 // where reading holds up nobody
                            ? "insert into leader_lease (election_name, token, renewal, ttl_ms, renewed_at, expires_at,"
                                    + " acquired_incarnation) values ('other', 1, 0, 1000, current_timestamp,"
                                    + " current_timestamp, 'h2')"
                            : "select * from leader_lease");
            migration = CompletableFuture.supplyAsync(
                    () -> LeaseMigrations.on(database.dataSource()).migrateWith("classpath:live-migrations"));
            long start = System.nanoTime();
            await().pollInterval(Duration.ofMillis(100))
                    .atMost(OPEN.plusSeconds(5))
                    .until(() -> migration.isDone() || System.nanoTime() - start > OPEN.toNanos());
            assertThat(migration).as("the table is in use").isNotDone();
            open.rollback();
        }
        return migration.orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static LeaseCoordinator coordinator(TestDatabase database, String node) {
        return LeaseCoordinator.builder(database.url(), database.user(), database.password())
                .nodeName(node)
                .ttl(TTL)
                .heartbeat(Duration.ofSeconds(1))
                .closeOnShutdown(false)
                .build();
    }

    private static LeaderElection join(LeaseCoordinator coordinator, Queue<LeaderEvent> losses) {
        return coordinator
                .election("job")
                .listener(event -> {
                    if (event instanceof LeaderEvent.LeadershipLost) {
                        losses.add(event);
                    }
                })
                .start();
    }
}
