package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaderEvent.LeadershipAcquired;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.LeaseCoordinatorBuilder;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What users chain, wait for and hand over, on a single node. The engine does not wait for any of it. */
final class UserCodeTest {

    private static final Duration TTL = Duration.ofSeconds(10);

    private final CountDownLatch letGo = new CountDownLatch(1);
    private TestDatabase database;

    @BeforeEach
    void migrate() {
        database = DatabaseUnderTest.H2_MEMORY.fresh();
        LeaseMigrations.migrate(database.dataSource());
    }

    @AfterEach
    void drop() {
        letGo.countDown();
        if (database != null) {
            database.close();
        }
    }

    private LeaseCoordinatorBuilder coordinator() {
        return Member.coordinator(database, database.url(), "a", TTL);
    }

    private void block() {
        try {
            assertThat(letGo.await(60, SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private static void leads(LeaderElection election) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(election::isLeader);
    }

    @Test
    void whatIsChainedToAResignationMayBlockAndTheOthersGoOn() throws Exception {
        try (LeaseCoordinator coordinator = coordinator().build()) {
            LeaderElection resigns = coordinator.election("resigns").start();
            leads(resigns);
            CountDownLatch chained = new CountDownLatch(1);
            CompletableFuture<Void> unused = resigns.resign().thenRun(() -> {
                chained.countDown();
                block();
            });
            assertThat(chained.await(15, SECONDS)).isTrue();
            leads(coordinator.election("other").start());
            letGo.countDown();
        }
    }

    @Test
    void aCoordinatorMayBeClosedWhenAResignationIsDone() throws Exception {
        LeaseCoordinator coordinator = coordinator().build();
        LeaderElection resigns = coordinator
                .election("resigns")
                .stopTimeout(Duration.ofMinutes(10))
                .start();
        LeaderElection other = coordinator
                .election("other")
                .stopTimeout(Duration.ofMinutes(10))
                .start();
        leads(resigns);
        leads(other);
        resigns.resign().thenRun(coordinator::close).get(15, SECONDS);
        assertThat(other.isLeader()).isFalse();
        assertThat(Sql.list(database, "select end_reason from leader_term order by election_name"))
                .containsExactly("CLOSED", "RESIGNED");
    }

    @Test
    void aListenerThatWaitsForItsOwnResignationIsRefusedAndTheLeaseIsReleased() throws Exception {
        CompletableFuture<LeaderElection> self = new CompletableFuture<>();
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        try (LeaseCoordinator coordinator = coordinator().build()) {
            self.complete(coordinator
                    .election("job")
                    .stopTimeout(Duration.ofMinutes(10))
                    .listener(event -> {
                        if (event instanceof LeadershipAcquired) {
                            assertThatThrownBy(() -> self.join().resign().join())
                                    .satisfies(refused::complete)
                                    .isInstanceOf(IllegalStateException.class);
                        }
                    })
                    .start());
            assertThat(refused.get(15, SECONDS)).hasMessageContaining("job").hasMessageContaining("thenRun");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(Sql.list(database, "select end_reason from leader_term"))
                            .containsExactly("RESIGNED"));
        }
    }

    @Test
    void aJobThatWaitsForItsOwnResignationIsRefusedToo() throws Exception {
        CompletableFuture<LeaderElection> self = new CompletableFuture<>();
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        try (LeaseCoordinator coordinator = coordinator().build()) {
            self.complete(coordinator
                    .election("job")
                    .stopTimeout(Duration.ofMinutes(10))
                    .job(leadership -> {
                        CompletableFuture<Void> resigning = self.join().resign();
                        assertThatThrownBy(() -> resigning.thenRun(() -> {}).get())
                                .satisfies(refused::complete)
                                .isInstanceOf(IllegalStateException.class);
                    })
                    .start());
            assertThat(refused.get(15, SECONDS)).hasMessageContaining("job");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(Sql.list(database, "select end_reason from leader_term"))
                            .startsWith("RESIGNED"));
        }
    }

    @Test
    void listenersThatBlockHoldUpNoEventsAndNoJobsOfOthers() throws Exception {
        int many = 20;
        AtomicInteger blocked = new AtomicInteger();
        try (LeaseCoordinator coordinator = coordinator().build()) {
            for (int i = 0; i < many; i++) {
                coordinator
                        .election("blocks-" + i)
                        .listener(event -> {
                            blocked.incrementAndGet();
                            block();
                        })
                        .start();
            }
            await().atMost(SOON).until(() -> blocked.get() == many);
            CountDownLatch told = new CountDownLatch(1);
            CountDownLatch begun = new CountDownLatch(1);
            coordinator
                    .election("other")
                    .listener(event -> told.countDown())
                    .job(leadership -> begun.countDown())
                    .start();
            assertThat(told.await(15, SECONDS)).isTrue();
            assertThat(begun.await(15, SECONDS)).isTrue();
            letGo.countDown();
        }
    }

    @Test
    void anEventExecutorWhoseExecuteBlocksHoldsUpNoOtherElection() throws Exception {
        CountDownLatch handed = new CountDownLatch(1);
        AtomicInteger tasks = new AtomicInteger();
        try (LeaseCoordinator coordinator = coordinator()
                .eventExecutor(task -> {
                    if (tasks.incrementAndGet() == 1) {
                        handed.countDown();
                        block();
                    }
                    task.run();
                })
                .build()) {
            LeaderElection first =
                    coordinator.election("first").listener(event -> {}).start();
            assertThat(handed.await(15, SECONDS)).isTrue();
            assertThat(first.isLeader()).isTrue();
            CountDownLatch told = new CountDownLatch(1);
            leads(coordinator
                    .election("second")
                    .listener(event -> told.countDown())
                    .start());
            assertThat(told.await(15, SECONDS)).isTrue();
            letGo.countDown();
        }
    }

    @Test
    void whoeverWaitsForTheEndIsLetGoWhenSomebodyCloses() throws Exception {
        LeaseCoordinator coordinator = coordinator().build();
        CompletableFuture<Boolean> held;
        try (coordinator) {
            leads(coordinator.election("job").start());
            assertThat(coordinator.awaitClose(Duration.ofMillis(50))).isFalse();
            CountDownLatch begun = new CountDownLatch(1);
            held = CompletableFuture.supplyAsync(() -> {
                begun.countDown();
                try {
                    coordinator.awaitClose();
                    return true;
                } catch (InterruptedException e) {
                    return false;
                }
            });
            assertThat(begun.await(60, SECONDS)).isTrue();
            assertThat(held).as("while it is open").isNotDone();
        }
        assertThat(held.get(60, SECONDS)).isTrue();
        assertThat(coordinator.awaitClose(Duration.ZERO)).as("afterwards").isTrue();
    }
}
