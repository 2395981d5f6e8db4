package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderEvent.LeadershipLost;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testdatabases.TestServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The database server is killed and started again on its data. */
final class RestartTest {

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MARIADB"})
    void aRestartShorterThanTheTtlChangesNothing(DatabaseUnderTest tested) throws Exception {
        try (TestServer server = tested.startPrivate();
                TestDatabase database = server.fresh()) {
            LeaseMigrations.migrate(database.dataSource());
            try (Member a = Member.join(database, "a").leading();
                    Member b = Member.join(database, "b")) {
                b.follow("a", SOON);
                long token = a.token();
                server.crash();
                server.start();
                Sql.awaitRenewals(database, 2);
                assertThat(a.token()).isEqualTo(token);
                assertThat(a.events().story()).containsExactly("acquired");
                assertThat(b.events().story()).containsExactly("following a");
                assertThat(b.election().leader().orElseThrow().fencingToken()).isEqualTo(token);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MARIADB", "H2_SERVER"})
    void aLongerOneEndsTheTermOnceForEachAndThenTheNextOneBegins(DatabaseUnderTest tested) throws Exception {
        Rounds.play(round -> aLongOne(round, tested));
    }

    private static void aLongOne(Rounds round, DatabaseUnderTest tested) throws Exception {
        Duration ttl = Duration.ofSeconds(2);
        try (TestServer server = tested.startPrivate();
                TestDatabase database = server.fresh()) {
            LeaseMigrations.migrate(database.dataSource());
            try (Member a = Member.join(database, "a", ttl).mayExpire(round, 1).leading();
                    Member b = Member.join(database, "b", ttl).mayExpire(round, 0)) {
                b.follow("a", SOON);
                long token = a.leads(round);
                try (Watch watch = Watch.over(a, b)) {
                    server.crash();
                    long crashedAt = System.nanoTime();
                    EventLog.Heard lost = a.events().awaitLine(SOON, "lost own EXPIRED", 1);
                    round.within(
                            ttl.multipliedBy(9).dividedBy(10).plusSeconds(1),
                            Duration.ofNanos(lost.at() - crashedAt),
                            "to be told of the loss");
                    assertThat(b.events().story())
                            .as("a follower cannot know while the database is down")
                            .containsExactly("following a");
                    server.start();
                    Member leader = Member.awaitLeader(a, b);
                    assertThat(leader.token()).isGreaterThan(token);
                    long next = leader.token();
                    for (Member member : List.of(a, b)) {
                        await().atMost(SOON)
                                .until(() -> member.election()
                                                .leader()
                                                .filter(leading -> leading.fencingToken() >= next)
                                                .isPresent()
                                        && lossesOf(member, token) > 0);
                    }
                    watch.assertNeverTwo();
                }
                assertThat(lossesOf(a, token)).isEqualTo(1);
                assertThat(lossesOf(b, token)).isEqualTo(1);
            }
        }
    }

    private static int lossesOf(Member member, long token) {
        return member.events()
                .matching(event ->
                        event instanceof LeadershipLost lost && lost.term().fencingToken() == token)
                .size();
    }
}
