package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A candidate whose terms always fail leaves the field to the others for longer each time. */
final class SickCandidateTest {

    private static final Duration TTL = Duration.ofSeconds(1);
    private static final int TERMS = 4;

    @Test
    void itSitsOutTwiceAsLongEachTimeAndAnotherLeads() throws Exception {
        Rounds.play(this::sitOut);
    }

    private void sitOut(Rounds round) {
        try (TestDatabase database = DatabaseUnderTest.POSTGRESQL.fresh()) {
            LeaseMigrations.migrate(database.dataSource());
            try (Member sick = Member.join(
                            Member.coordinator(database, database.url(), "sick", TTL)
                                    .build(),
                            election -> election.job(leadership -> {
                                throw new IllegalStateException("on purpose");
                            }));
                    Member healthy = Member.join(database, "healthy", TTL)) {
                // on a busy machine the other one may win first
                await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> {
                    boolean unused = madeWay(healthy);
                    return sick.events().acquisitions() >= 1;
                });
                for (int term = 1; term < TERMS; term++) {
                    long failedAt = sick.events()
                            .awaitLine(SOON, "lost own JOB_FAILED", term)
                            .at();
                    int next = term + 1;
                    await().atMost(SOON.plus(TTL.multipliedBy(1L << term)))
                            .pollInterval(Duration.ofMillis(5))
                            .until(() -> {
                                boolean unused = madeWay(healthy);
                                return sick.events().acquisitions() >= next;
                            });
                    long againAt =
                            sick.events().awaitLine(SOON, "acquired", next).at();
                    Duration pause = Duration.ofNanos(againAt - failedAt);
                    System.out.printf("[sick] term %d failed; the next one began %s later%n", term, pause);
                    assertThat(pause).isGreaterThanOrEqualTo(leastPause(term));
                    round.require(
                            !between(healthy, failedAt, againAt).isEmpty(),
                            "the healthy node did not lead between term " + term + " and " + next);
                }
            }
        }
    }

    /** One TTL, then two, then four; less the time that the news of the loss may take. */
    private static Duration leastPause(int term) {
        return TTL.multipliedBy(1L << (term - 1)).minus(TTL.dividedBy(10));
    }

    /** The healthy node resigns whenever it leads, or the sick one would never get another term. */
    private static boolean madeWay(Member healthy) {
        boolean leads = healthy.election().isLeader();
        if (leads) {
            CompletableFuture<Void> unused = healthy.election().resign();
        }
        return leads;
    }

    private static List<EventLog.Heard> between(Member member, long from, long to) {
        return member.events().lines("acquired").stream()
                .filter(heard -> heard.at() - from > 0 && heard.at() - to < 0)
                .toList();
    }
}
