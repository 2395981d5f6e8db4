package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.integration.CrowdProcess.Tally;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.PgBouncer;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testdatabases.TestServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Hundreds of candidates for one election, each a coordinator of its own, by polling alone. Through a pooler: as many
 * connections to the server would measure the server.
 */
@Isolated("starts hundreds of coordinators, which takes long enough without others")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StormTest {

    private static final int JVMS = 3;
    private static final int CANDIDATES = Integer.getInteger("storm.candidates", 300);
    private static final int CRASHES = Integer.getInteger("storm.crashes", 7);
    private static final int RESIGNATIONS = Integer.getInteger("storm.resignations", 20);
    private static final int SERVER_CONNECTIONS = 20;

    /** All candidates together read 300 times a second: the machine has to keep up with that, and the leader to renew. */
    private static final Duration TTL = Duration.ofSeconds(Integer.getInteger("storm.ttl", 6));

    private static final Duration PRESENCE = Duration.ofSeconds(10);
    private static final Duration POLL =
            TTL.compareTo(Duration.ofSeconds(6)) < 0 ? TTL.dividedBy(6) : Duration.ofSeconds(1);
    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration CHANGE = TTL.multipliedBy(3).plusMinutes(3);

    private TestServer server;
    private TestDatabase database;
    private PgBouncer pooler;
    private final List<CrowdProcess> crowds = new ArrayList<>();

    /** Everything at a moment when all candidates know the same leader, so that nobody is about to try. */
    private record Quiet(long at, long token, long reads, long attempts, CrowdProcess crowd, int leader) {}

    /** What one change of leader took. */
    private record Change(long attempts, long reads, double seconds) {}

    @BeforeAll
    void gather() throws Exception {
        server = DatabaseUnderTest.POSTGRESQL.startPrivate();
        database = server.fresh();
        LeaseMigrations.migrate(database.dataSource());
        Sql.run(database, "alter system set autovacuum = off", "select pg_reload_conf()");
        pooler = PgBouncer.before(database, SERVER_CONNECTIONS);
        for (int i = 0; i < JVMS; i++) {
            crowds.add(CrowdProcess.start(
                    pooler.url(), database.user(), database.password(), "crowd" + i, CANDIDATES / JVMS, 1, TTL));
        }
        for (CrowdProcess crowd : crowds) {
            crowd.awaitReady(START);
        }
    }

    @AfterAll
    void disperse() {
        crowds.forEach(CrowdProcess::close);
        if (pooler != null) {
            pooler.close();
        }
        if (database != null) {
            database.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @Test
    void aCrashOfTheLeaderMakesFewTry() throws Exception {
        List<Change> changes = new ArrayList<>();
        Quiet before = quiet(0);
        for (int i = 0; i < CRASHES; i++) {
            before.crowd().cut(before.leader());
            Quiet after = quiet(before.token());
            changes.add(change(before, after));
            before = after;
        }
        report("crash", changes);
        assertFewAttempts(changes, 5);
        assertBoundedReads(changes);
    }

    @Test
    void aLeaderThatKeepsResigningMakesFewTry() throws Exception {
        List<Change> changes = new ArrayList<>();
        Quiet before = quiet(0);
        await().atMost(START)
                .untilAsserted(() -> assertThat(Sql.one(database, "select count(*) from leader_candidate"))
                        .isEqualTo(String.valueOf(CANDIDATES)));
        for (int i = 0; i < RESIGNATIONS; i++) {
            before.crowd().resign(before.leader());
            Quiet after = quiet(before.token());
            changes.add(change(before, after));
            before = after;
        }
        report("resignation", changes);
        assertFewAttempts(changes, 2); // one and, on a busy machine, that of somebody whom the heir was too slow for
        assertBoundedReads(changes);
    }

    /** Each renewal of the leader consumes one transaction id, each process one in ten seconds, and nothing else any. */
    @Test
    void whileNothingChangesOnlyRenewalsAndPresenceConsumeTransactionIds() throws Exception {
        Rounds.play(this::nothingChanges);
    }

    private void nothingChanges(Rounds round) throws Exception {
        Quiet before = quiet(0);
        long began = System.nanoTime();
        long[] first = transactionsAndRenewals();
        await().atMost(CHANGE).until(() -> transactionsAndRenewals()[1] >= first[1] + 6);
        long[] last = transactionsAndRenewals();
        long presences = CANDIDATES * (1 + (System.nanoTime() - began) / PRESENCE.toNanos());
        Quiet after = quiet(0);
        round.require(after.token() == before.token(), "the lease ran out by itself");
        assertThat(after.attempts()).isEqualTo(before.attempts());
        round.require(
                after.reads() - before.reads() > 5L * CANDIDATES,
                "only " + (after.reads() - before.reads()) + " reads of " + CANDIDATES + " candidates");
        System.out.printf(
                "[storm] idle: %d renewals, %d transaction ids, %d reads%n",
                last[1] - first[1], last[0] - first[0], after.reads() - before.reads());
        assertThat(last[0] - first[0] - (last[1] - first[1]))
                .as("transaction ids, beside those of renewals")
                .isBetween(0L, presences);
    }

    private static void assertFewAttempts(List<Change> changes, long mostInTheMedian) {
        List<Long> attempts = changes.stream().map(Change::attempts).sorted().toList();
        assertThat(attempts).as("the winner's own is counted").allMatch(each -> each >= 1);
        assertThat(attempts.get(attempts.size() / 2))
                .as("median of %s", attempts)
                .isLessThanOrEqualTo(mostInTheMedian);
    }

    /**
     * One read for each candidate and poll interval, one more as soon as the expiry can be proved, one again before it
     * would try, and one after each lost attempt.
     */
    private static void assertBoundedReads(List<Change> changes) {
        for (Change change : changes) {
            double polls = 1 + change.seconds() / (POLL.toMillis() / 1e3);
            double bound = CANDIDATES * (polls + 2) + change.attempts();
            assertThat(change.reads()).as("reads of %s", change).isBetween((long) CANDIDATES, (long) bound);
        }
    }

    private static Change change(Quiet before, Quiet after) {
        return new Change(
                after.attempts() - before.attempts(), after.reads() - before.reads(), (after.at() - before.at()) / 1e9);
    }

    private static void report(String what, List<Change> changes) {
        changes.forEach(change -> System.out.printf(
                "[storm] %s: %d attempts, %d reads in %.2f s%n",
                what, change.attempts(), change.reads(), change.seconds()));
    }

    private Quiet quiet(long former) {
        Quiet[] found = new Quiet[1];
        await().alias("all know one leader after " + former)
                .atMost(CHANGE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    found[0] = look();
                    return found[0] != null && found[0].token() > former;
                });
        return found[0];
    }

    /** Null while candidates know different leaders, or none. */
    private Quiet look() throws IOException, InterruptedException {
        List<Tally> tallies = new ArrayList<>();
        for (CrowdProcess crowd : crowds) {
            tallies.add(crowd.tally());
        }
        long token = tallies.get(0).lowest();
        boolean agreed = token > 0 && tallies.stream().allMatch(t -> t.lowest() == token && t.highest() == token);
        for (int i = 0; agreed && i < JVMS; i++) {
            int leader = tallies.get(i).led().indexOf(1);
            if (leader >= 0) {
                long reads = tallies.stream().mapToLong(Tally::reads).sum();
                long attempts = tallies.stream().mapToLong(Tally::attempts).sum();
                return new Quiet(System.nanoTime(), token, reads, attempts, crowds.get(i), leader);
            }
        }
        return null;
    }

    /** The next transaction id and the renewals so far, at a moment with no transaction under way. */
    private long[] transactionsAndRenewals() {
        List<String> row = new ArrayList<>();
        await().atMost(CHANGE).pollInterval(Duration.ofMillis(10)).until(() -> {
            row.clear();
            row.addAll(Sql.list(
                    database,
                    "select unnest(array[pg_snapshot_xmin(s)::text, pg_snapshot_xmax(s)::text, renewal::text])"
                            + " from leader_lease, pg_current_snapshot() s"));
            return row.get(0).equals(row.get(1));
        });
        return new long[] {Long.parseLong(row.get(1)), Long.parseLong(row.get(2))};
    }
}
