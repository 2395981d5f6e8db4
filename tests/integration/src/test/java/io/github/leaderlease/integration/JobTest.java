package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.LeaderJob;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A job runs while its node leads, and its lease is nobody else's before it has ended. */
final class JobTest {

    private static final Duration TTL = Duration.ofSeconds(2);

    /** A stop timeout that no job of these tests needs. */
    private static final Duration PATIENT = Duration.ofMinutes(1);

    private static final String OPEN_TERMS = "select count(*) from leader_term where ended_at is null";
    private static final String END_REASONS = "select end_reason from leader_term order by token";

    private TestDatabase database;

    @BeforeEach
    void migrate() {
        database = DatabaseUnderTest.POSTGRESQL.fresh();
        LeaseMigrations.migrate(database.dataSource());
    }

    @AfterEach
    void drop() {
        if (database != null) {
            database.close();
            database = null;
        }
    }

    private Member worker(LeaderJob job, Duration drain) {
        return Member.join(
                Member.steady(database, database.url(), "a").build(),
                election -> election.job(job).stopTimeout(drain));
    }

    private Member brief(LeaderJob job, Duration drain) {
        return Member.join(
                Member.coordinator(database, database.url(), "a", TTL).build(),
                election -> election.job(job).stopTimeout(drain));
    }

    @Test
    void itIsInterruptedOnResignAndTheLeaseIsReleasedOnlyAfterItsEnd() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        CompletableFuture<Long> ended = new CompletableFuture<>();
        LeaderJob job = leadership -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            mayEnd.await();
            ended.complete(System.nanoTime());
        };
        try (Member a = worker(job, PATIENT)) {
            assertThat(begun.await(60, SECONDS)).isTrue();
            try (Member b = Member.join(database, "b")) {
                b.follow("a", SOON);
                CompletableFuture<Void> resigned = a.election().resign();
                assertThat(interrupted.await(60, SECONDS)).isTrue();
                Sql.awaitRenewals(database, 6);
                assertThat(resigned).isNotDone();
                assertThat(a.election().isLeader()).isTrue();
                assertThat(b.election().isLeader()).isFalse();
                mayEnd.countDown();
                resigned.get(60, SECONDS);
                b.lead(SOON);
                assertThat(b.events().awaitLine(SOON, "acquired", 1).at()).isGreaterThan(ended.get(60, SECONDS));
                a.events().awaitStory(SOON, "acquired", "lost own RESIGNED", "following b");
            }
        }
    }

    @Test
    void whenItIgnoresTheInterruptTheLeaseRunsOutInsteadOfBeingReleased() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicInteger interrupts = new AtomicInteger();
        LeaderJob job = leadership -> {
            begun.countDown();
            while (mayEnd.getCount() > 0) {
                try {
                    mayEnd.await();
                } catch (InterruptedException stubborn) {
                    interrupts.incrementAndGet();
                }
            }
        };
        try (Member a = brief(job, Duration.ofMillis(100))) {
            assertThat(begun.await(60, SECONDS)).isTrue();
            try (Member b = Member.join(database, "b")) {
                b.follow("a", SOON);
                CompletableFuture<Void> resigned = a.election().resign();
                b.lead(SOON);
                assertThat(a.events().story()).startsWith("acquired", "lost own RESIGNED");
                assertThat(Sql.list(database, END_REASONS)).containsExactly("EXPIRED", "null");
                resigned.get(60, SECONDS);
                a.follow("b", SOON);
                b.leave();
                a.events().awaitLine(SOON, "lost b CLOSED", 1);
                assertThat(Sql.one(database, OPEN_TERMS))
                        .as("nobody leads while the job still runs")
                        .isEqualTo("0");
                assertThat(interrupts).hasPositiveValue();
                mayEnd.countDown();
                a.events().awaitLine(SOON, "acquired", 2);
            }
        }
    }

    @Test
    void whenItThrowsItsNodeSitsOutAndAnotherLeads() throws Exception {
        CountDownLatch othersAreThere = new CountDownLatch(1);
        LeaderJob job = leadership -> {
            othersAreThere.await();
            throw new IllegalStateException("on purpose");
        };
        try (Member a = worker(job, PATIENT).leading();
                Member b = Member.join(database, "b")) {
            b.follow("a", SOON);
            othersAreThere.countDown();
            b.lead(SOON);
            a.events().awaitStory(SOON, "acquired", "lost own JOB_FAILED", "following b");
            b.events().awaitStory(SOON, "following a", "lost a JOB_FAILED", "acquired");
            assertThat(Sql.list(database, END_REASONS)).containsExactly("JOB_FAILED", "null");
        }
    }

    @Test
    void whenAllNodesAreOneItTriesAgainAfterAWhile() {
        try (Member a = brief(
                leadership -> {
                    throw new IllegalStateException("on purpose");
                },
                PATIENT)) {
            long first = a.events().awaitLine(SOON, "lost own JOB_FAILED", 1).at();
            long again = a.events().awaitLine(SOON, "acquired", 2).at();
            assertThat(Duration.ofNanos(again - first))
                    .isGreaterThanOrEqualTo(TTL.multipliedBy(9).dividedBy(10));
        }
    }

    @Test
    void whenItReturnsItsNodeGoesOnLeading() throws Exception {
        CompletableFuture<Long> returned = new CompletableFuture<>();
        AtomicInteger runs = new AtomicInteger();
        LeaderJob job = leadership -> {
            runs.incrementAndGet();
            returned.complete(leadership.fencingToken());
        };
        try (Member a = worker(job, PATIENT).leading();
                Member b = Member.join(database, "b")) {
            b.follow("a", SOON);
            long token = returned.get(60, SECONDS);
            Sql.awaitRenewals(database, 6);
            assertThat(a.election().leadership().orElseThrow().fencingToken()).isEqualTo(token);
            assertThat(runs).hasValue(1);
            a.election().resign().get(60, SECONDS);
            b.lead(SOON);
            a.events().awaitStory(SOON, "acquired", "lost own RESIGNED", "following b");
        }
    }

    @Test
    void whenItReturnsItsNodeResignsIfThatWasAskedFor() throws Exception {
        Rounds.play(this::resignWhenDone);
    }

    /** It does not before its term has lasted one TTL. */
    private void resignWhenDone(Rounds round) throws Exception {
        drop();
        migrate();
        CountDownLatch othersAreThere = new CountDownLatch(1);
        LeaseCoordinator coordinator =
                Member.coordinator(database, database.url(), "a", TTL).build();
        try (Member a = Member.join(
                                coordinator,
                                election -> election.job(leadership -> othersAreThere.await())
                                        .resignWhenDone())
                        .mayExpire(round, 0)
                        .leading();
                Member b = Member.join(database, "b")) {
            b.follow("a", SOON);
            othersAreThere.countDown();
            b.lead(SOON);
            a.events().awaitStory(SOON, "acquired", "lost own RESIGNED", "following b");
        }
    }

    @Test
    void closeStopsItAndWaitsForItsEnd() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        try (Member a = worker(
                leadership -> {
                    begun.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } finally {
                        ended.complete(leadership.isValid());
                    }
                },
                PATIENT)) {
            assertThat(begun.await(60, SECONDS)).isTrue();
            a.leave();
            assertThat(ended).isCompletedWithValue(true);
            assertThat(Sql.list(database, END_REASONS)).containsExactly("CLOSED");
        }
    }
}
