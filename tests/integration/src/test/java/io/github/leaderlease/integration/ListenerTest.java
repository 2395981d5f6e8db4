package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaderEvent.LeadershipAcquired;
import io.github.leaderlease.LeaderListener;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Listeners that misbehave: renewals go on, and there is no second leader. */
final class ListenerTest {

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
        }
    }

    private Member join(LeaderListener listener) {
        return Member.join(
                Member.steady(database, database.url(), "a").build(), election -> election.listener(listener));
    }

    @Test
    void oneThatThrowsChangesNothing() throws Exception {
        LeaderListener thrower = event -> {
            throw new AssertionError("on purpose");
        };
        try (Member a = join(thrower).leading();
                Member b = Member.join(database, "b")) {
            b.follow("a", SOON);
            Sql.awaitRenewals(database, 3);
            a.election().resign().get(60, SECONDS);
            b.lead(SOON);
            a.events().awaitStory(SOON, "acquired", "lost own RESIGNED", "following b");
        }
    }

    @Test
    void oneThatBlocksDoesNotHoldUpTheHeartbeat() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        LeaderListener blocker = event -> {
            try {
                letGo.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        try (Member a = join(blocker).leading();
                Member b = Member.join(database, "b")) {
            b.follow("a", SOON);
            long token = a.token();
            try (Watch watch = Watch.over(a, b)) {
                Sql.awaitRenewals(database, 5);
                watch.assertNeverTwo();
                assertThat(watch.changes()).isEmpty();
            }
            assertThat(a.token()).isEqualTo(token);
            assertThat(b.events().story()).containsExactly("following a");
            letGo.countDown();
        }
    }

    static Stream<Arguments> closers() {
        BiConsumer<LeaseCoordinator, LeaderElection> closeElection = (coordinator, election) -> election.close();
        BiConsumer<LeaseCoordinator, LeaderElection> closeCoordinator = (coordinator, election) -> coordinator.close();
        return Stream.of(Arguments.of("election", closeElection), Arguments.of("coordinator", closeCoordinator));
    }

    @ParameterizedTest(name = "its {0}")
    @MethodSource("closers")
    void oneThatClosesGetsTheCallBackAtOnce(String what, BiConsumer<LeaseCoordinator, LeaderElection> close)
            throws Exception {
        CompletableFuture<Member> self = new CompletableFuture<>();
        CompletableFuture<Boolean> leadingAfterwards = new CompletableFuture<>();
        CountDownLatch proceed = new CountDownLatch(1);
        LeaderListener closer = event -> {
            if (event instanceof LeadershipAcquired) {
                try {
                    assertThat(proceed.await(60, SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                Member me = self.join();
                close.accept(me.coordinator(), me.election());
                leadingAfterwards.complete(me.election().isLeader());
            }
        };
        try (Member a = join(closer)) {
            self.complete(a);
            a.leading();
            try (Member b = Member.join(database, "b")) {
                b.follow("a", SOON);
                proceed.countDown();
                leadingAfterwards.get(60, SECONDS);
                b.lead(SOON);
                a.events().awaitStory(SOON, "acquired", "lost own CLOSED");
                assertThat(Sql.list(database, "select end_reason from leader_term order by token"))
                        .containsExactly("CLOSED", "null");
            }
        }
    }

    @Test
    void oneThatResignsHandsOver() throws Exception {
        CompletableFuture<Member> self = new CompletableFuture<>();
        CountDownLatch proceed = new CountDownLatch(1);
        LeaderListener resigner = event -> {
            if (event instanceof LeadershipAcquired) {
                try {
                    assertThat(proceed.await(60, SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                CompletableFuture<Void> unused = self.join().election().resign();
            }
        };
        try (Member a = join(resigner)) {
            self.complete(a);
            a.leading();
            try (Member b = Member.join(database, "b")) {
                b.follow("a", SOON);
                proceed.countDown();
                b.lead(SOON);
                a.events().awaitStory(SOON, "acquired", "lost own RESIGNED", "following b");
            }
        }
    }
}
