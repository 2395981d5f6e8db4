package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaderEvent.LeadershipAtRisk;
import io.github.leaderlease.LeaderEvent.TakeoverBlocked;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.NotLeaderException;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A process dies, and some of its fenced transactions stay open on healthy connections. */
@Execution(ExecutionMode.CONCURRENT)
final class FenceBlockedTest {

    private static final Duration TTL = Duration.ofSeconds(3);
    private static final Duration TAKEOVER =
            TTL.multipliedBy(102).dividedBy(100).plusMillis(1500);
    private static final Duration ATTEMPT = TTL.dividedBy(5);
    private static final int TRIES = 3;

    /** A machine may be too busy once or twice; what a stuck fence did would happen each time. */
    private static final int ROUNDS = 3;

    /** What a heartbeat consists of, at most. */
    private static final int STATEMENTS = 6;

    private final AtomicInteger tries = new AtomicInteger();
    private final Map<String, EventLog> heard = new LinkedHashMap<>();
    private final List<Connection> stuck = new ArrayList<>();
    private TestDatabase database;
    private LeaseCoordinator follower;
    private AbandonedTerms dead;
    private long slowestPing;

    /** The most that anything took longer than it may. */
    private Duration overrun = Duration.ZERO;

    private void prepare(DatabaseUnderTest tested) throws SQLException {
        heard.clear();
        stuck.clear();
        tries.set(0);
        overrun = Duration.ZERO;
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        AbandonedTerms.createWork(database);
        dead = AbandonedTerms.on(database, TTL);
        TamperedConnection.Before count = (method, arguments) -> {
            // on PostgreSQL a try is one statement, elsewhere a transaction
            boolean statement = method.equals("prepareStatement") && ((String) arguments[0]).contains("with fence");
            if (statement || method.equals("rollback")) {
                tries.incrementAndGet();
            }
        };
        follower = LeaseCoordinator.builder(TamperedConnection.of(database.dataSource(), count))
                .nodeName("b")
                .ttl(TTL)
                .notifications(Member.NOTIFICATIONS)
                .heartbeat(TTL.dividedBy(3))
                .closeOnShutdown(false)
                .build();
    }

    @AfterEach
    void tidyUp() throws SQLException {
        for (Connection connection : stuck) {
            connection.close();
        }
        if (follower != null) {
            follower.close();
            follower = null;
        }
        if (dead != null) {
            dead.close();
            dead = null;
        }
        if (database != null) {
            database.close();
            database = null;
        }
    }

    static Stream<Arguments> numbers() {
        return Stream.concat(
                Stream.of(DatabaseUnderTest.values()).map(tested -> Arguments.of(tested, 1, 3)),
                Stream.of(
                                DatabaseUnderTest.H2_MEMORY,
                                DatabaseUnderTest.POSTGRESQL,
                                DatabaseUnderTest.MYSQL,
                                DatabaseUnderTest.MARIADB)
                        .map(tested -> Arguments.of(tested, 5, 8)));
    }

    @ParameterizedTest(name = "{1} of {2} on {0}")
    @MethodSource("numbers")
    void aStuckFenceHoldsUpItsOwnElectionOnly(DatabaseUnderTest tested, int blocked, int all) throws SQLException {
        for (int round = 1; round <= ROUNDS; round++) {
            prepare(tested);
            oneDies(blocked, all);
            if (overrun.isZero()) {
                return;
            }
            tidyUp();
        }
        assertThat(overrun)
                .as("beyond the bounds, in each of %d rounds", ROUNDS)
                .isZero();
    }

    private void oneDies(int blocked, int all) throws SQLException {
        List<TermKey> terms = IntStream.rangeClosed(1, all)
                .mapToObj(i -> dead.begin(database.name() + "/" + i))
                .toList();
        EventLog own = stand("own");
        own.awaitLine(SOON, "acquired", 1);
        terms.forEach(term -> stand(term.election()).awaitLine(SOON, "following " + AbandonedTerms.NODE, 1));
        List<TermKey> held = terms.subList(0, blocked);
        try (LogCapture log = LogCapture.of(LeaderElection.class);
                Unfenced control = new Unfenced(database, dead, all, TTL)) {
            dead.renew();
            for (TermKey term : held) {
                try {
                    stuck.add(dead.stuckWorker(term));
                } catch (NotLeaderException e) {
                    within(Duration.ZERO, TTL); // it ran out before anything was done to it: this round tells nothing
                    return;
                }
            }
            dead.renew();
            long diedAt = System.nanoTime();
            awaitTries(held);
            Duration bound = TAKEOVER.plus(control.late(diedAt));
            terms.subList(blocked, all).forEach(free -> assertTakenOver(free, diedAt, bound));
            for (int i = 0; i < blocked; i++) {
                assertBlocked(held.get(i), stuck.get(i), log);
            }
            if (own.ownLosses() > 0 && Duration.ofNanos(slowestPing).compareTo(ATTEMPT.dividedBy(STATEMENTS)) > 0) {
                within(Duration.ZERO, TTL); // the machine was too slow for any lease, so this round tells nothing
                return;
            }
            assertThat(own.story()).containsExactly("acquired");
            if (!own.matching(LeadershipAtRisk.class::isInstance).isEmpty()) {
                assertThat(Duration.ofNanos(slowestPing))
                        .as("a heartbeat failed, so the machine must have been as slow: a query of another connection")
                        .isGreaterThan(ATTEMPT.dividedBy(STATEMENTS));
            }
            for (int i = 0; i < blocked; i++) {
                assertGoesOnAfterCommit(held.get(i), stuck.get(i));
            }
        }
    }

    private EventLog stand(String election) {
        EventLog events = new EventLog();
        heard.put(election, events);
        LeaderElection unused = follower.election(election).listener(events).start();
        return events;
    }

    private void assertTakenOver(TermKey free, long diedAt, Duration bound) {
        EventLog events = heard.get(free.election());
        Duration took = since(diedAt, events.awaitLine(SOON, "acquired", 1).at());
        System.out.println(
                "taken over on " + database.engine() + " beside stuck fences after " + took + " (bound " + bound + ")");
        within(bound, took);
        assertThat(blocked(free)).isEmpty();
    }

    /** A failed try is a rollback. Whoever is stuck is still there meanwhile, so that no idle limit ends it. */
    private void awaitTries(List<TermKey> held) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(50)).until(() -> {
            for (Connection connection : stuck) {
                long begun = System.nanoTime();
                Sql.run(connection, "select 1");
                slowestPing = Math.max(slowestPing, System.nanoTime() - begun);
            }
            boolean told = held.stream().noneMatch(term -> blocked(term).isEmpty());
            return told && tries.get() >= TRIES * held.size();
        });
    }

    private List<EventLog.Heard> blocked(TermKey term) {
        return heard.get(term.election()).matching(TakeoverBlocked.class::isInstance);
    }

    private void assertBlocked(TermKey term, Connection by, LogCapture log) throws SQLException {
        EventLog events = heard.get(term.election());
        assertThat(events.acquisitions()).isZero();
        assertThat(blocked(term)).as("%s", term).hasSize(1);
        assertThat(((TakeoverBlocked) blocked(term).get(0).event()).blockedBy()).containsPattern(blocker(by));
        assertThat(log.warnings().stream().filter(line -> line.contains(term.election() + ": cannot take over")))
                .as("warnings of %s", term)
                .hasSize(1);
    }

    /** An administrator is told, unless the server does not know. */
    private String blocker(Connection by) throws SQLException {
        String question = switch (database.engine()) {
            case H2 -> "select session_id()";
            case POSTGRESQL -> "select pg_backend_pid()";
            case MYSQL, MARIADB -> "select connection_id()";
        };
        boolean unknown = database.engine() == Engine.MYSQL
                && Sql.one(database, "select @@performance_schema").equals("0");
        return unknown
                ? "performance_schema is off"
                : "\\bsession " + Sql.list(by, question).get(0) + "\\b";
    }

    private void assertGoesOnAfterCommit(TermKey term, Connection worker) throws SQLException {
        long committing = System.nanoTime();
        worker.commit();
        long acquired =
                heard.get(term.election()).awaitLine(SOON, "acquired", 1).at();
        Duration took = since(committing, acquired);
        System.out.println("taken over on " + database.engine() + " after the stuck commit: " + took);
        assertThat(took).isPositive();
        within(Duration.ofSeconds(2), took);
        assertThat(Sql.list(database, "select token from work where election = '" + term.election() + "'"))
                .hasSize(1);
    }

    private void within(Duration bound, Duration took) {
        Duration over = took.minus(bound);
        overrun = over.compareTo(overrun) > 0 ? over : overrun;
    }

    private static Duration since(long start, long end) {
        return Duration.ofNanos(end - start);
    }
}
