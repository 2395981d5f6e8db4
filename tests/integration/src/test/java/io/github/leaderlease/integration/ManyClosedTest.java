package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The node that leads thousands of elections closes in good order, and one that follows them all leads them next. */
@Isolated("keeps all processors busy, and reads the log of the whole library")
final class ManyClosedTest {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofMinutes(3);

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MARIADB", "MYSQL", "H2_SERVER"})
    void theNextNodeLeadsThemAll(DatabaseUnderTest tested) throws Exception {
        int many = tested.engine() == Engine.POSTGRESQL
                ? Integer.getInteger("closed.elections", 10_000)
                : Integer.getInteger("closed.elections.elsewhere", 2_500);
        Rounds.play(round -> play(tested, many, round));
    }

    private static void play(DatabaseUnderTest tested, int many, Rounds round) throws Exception {
        try (TestDatabase database = tested.fresh()) {
            LeaseMigrations.migrate(database.dataSource());
            try (LogCapture log = LogCapture.of("io.github.leaderlease");
                    LeaseCoordinator b = node(database, "b")) {
                LeaseCoordinator a = node(database, "a");
                List<LeaderElection> led = Candidacies.stand(a, 0, many);
                Candidacies.awaitAllLed(led, LONG);
                List<LeaderElection> followed = Candidacies.stand(b, 0, many);
                awaitAllKnown(followed);
                long begun = System.nanoTime();
                a.close();
                Duration closing = Duration.ofNanos(System.nanoTime() - begun);
                Candidacies.awaitAllLed(followed, LONG);
                Duration led2 = Duration.ofNanos(System.nanoTime() - begun);
                System.out.printf(
                        "[closed] %s: %d elections closed in %s, led by the next node after %s%n",
                        tested, many, closing, led2);
                List<String> reasons = Sql.list(
                        database, "select distinct end_reason from leader_term where ended_at is not null order by 1");
                round.require(!reasons.contains("EXPIRED"), "leases ran out by themselves");
                assertThat(reasons).containsExactly("CLOSED");
                assertThat(log.warnings())
                        .as("there was no pause and no outage")
                        .noneMatch(each -> each.contains("did not run") || each.contains("does not answer"));
            }
        }
    }

    private static LeaseCoordinator node(TestDatabase database, String name) {
        return Member.coordinator(database, database.url(), name, TTL).build();
    }

    private static void awaitAllKnown(List<LeaderElection> elections) {
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> elections.stream().allMatch(each -> each.leader().isPresent()));
    }
}
