package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that freeze, die and exit. */
final class ProcessTest {

    private static final Duration TTL = Duration.ofSeconds(2);
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration TAKEOVER =
            TTL.multipliedBy(102).dividedBy(100).plusMillis(1500);

    private TestDatabase database;

    /** One for each round. */
    private void fresh() {
        drop();
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

    @Test
    void aFrozenLeaderKnowsAtItsFirstLookThatItLeadsNoMore() throws Exception {
        Rounds.play(this::freeze);
    }

    private void freeze(Rounds round) throws Exception {
        fresh();
        try (ChildProcess child = ChildProcess.start(database, "child", TTL, "-")) {
            round.excuse(
                    "it lost its lease by itself",
                    () -> child.told("heard lost own EXPIRED").size() > 1);
            child.awaitTold("leads", START);
            try (Member b = Member.join(database, "b", TTL).mayExpire(round, 0)) {
                b.follow("child", SOON);
                round.require(child.told("stopped").isEmpty(), "it lost its lease by itself");
                child.signal("STOP");
                long stoppedAt = System.nanoTime();
                EventLog.Heard acquired = b.events().awaitLine(SOON, "acquired", 1);
                round.within(TAKEOVER, Duration.ofNanos(acquired.at() - stoppedAt), "the takeover");
                await().atMost(SOON)
                        .until(() -> System.nanoTime() - stoppedAt
                                > TTL.multipliedBy(3).toNanos());
                child.signal("CONT");
                long[] lastTrueAndFirstFalse = times(child.awaitTold("stopped", SOON));
                assertThat(lastTrueAndFirstFalse[0] - stoppedAt)
                        .as("its last sample that said true was taken before it froze, not after it went on")
                        .isLessThan(TTL.toNanos());
                child.awaitTold("heard following b", SOON);
                assertThat(child.told("heard"))
                        .containsExactly("heard acquired", "heard lost own EXPIRED", "heard following b");
                assertThat(child.told("leads")).hasSize(1);
                assertThat(b.events().story()).containsExactly("following child", "lost child EXPIRED", "acquired");
                child.endInput();
                assertThat(child.exit(SOON)).isZero();
            }
        }
    }

    @Test
    void aKilledLeaderIsReplaced() throws Exception {
        Rounds.play(this::kill);
    }

    private void kill(Rounds round) throws Exception {
        fresh();
        try (ChildProcess child = ChildProcess.start(database, "child", TTL, "-")) {
            round.excuse(
                    "it lost its lease by itself",
                    () -> !child.told("heard lost").isEmpty());
            child.awaitTold("leads", START);
            try (Member b = Member.join(database, "b", TTL).mayExpire(round, 0)) {
                b.follow("child", SOON);
                child.signal("KILL");
                long killedAt = System.nanoTime();
                EventLog.Heard acquired = b.events().awaitLine(SOON, "acquired", 1);
                round.within(TAKEOVER, Duration.ofNanos(acquired.at() - killedAt), "the takeover");
                b.events().awaitStory(SOON, "following child", "lost child EXPIRED", "acquired");
            }
        }
    }

    @Test
    void aTerminatedLeaderReleasesItsLease() throws Exception {
        fresh();
        try (ChildProcess child = ChildProcess.start(database, "child", Member.STEADY, "-")) {
            child.awaitTold("leads", START);
            try (Member b = Member.join(database, "b")) {
                b.follow("child", SOON);
                child.signal("TERM");
                b.lead(SOON);
                b.events().awaitStory(SOON, "following child", "lost child CLOSED", "acquired");
                assertThat(child.exit(SOON)).isEqualTo(128 + 15);
            }
        }
    }

    /** The stop timeout of one second, the attempts that close() is allowed, and as much for this machine. */
    @ParameterizedTest
    @ValueSource(strings = {"acquired", "lost own STEPPED_DOWN"})
    void aListenerMayCallSystemExit(String upon) throws Exception {
        fresh();
        try (ChildProcess child = ChildProcess.start(database, "child", Member.STEADY, upon)) {
            child.awaitTold("heard acquired", START);
            if (!upon.equals("acquired")) {
                Sql.run(database, "update leader_lease set step_down_token = token");
            }
            Duration attempt = Duration.ofSeconds(5);
            Duration bound = Duration.ofSeconds(1).plus(attempt.multipliedBy(3)).multipliedBy(2);
            child.awaitTold("heard " + upon, SOON);
            assertThat(child.exit(bound)).isEqualTo(ChildNode.EXIT_STATUS);
        }
    }

    private static long[] times(String line) {
        return Stream.of(line.split(" "))
                .skip(1)
                .flatMapToLong(time -> LongStream.of(Long.parseLong(time)))
                .toArray();
    }
}
