package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaderEvent.LeadershipAcquired;
import io.github.leaderlease.LeaderListener;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Code that gives up its leadership as soon as it has it, on two nodes, in front of real databases. */
@ParameterizedClass(name = "{0}")
@EnumSource(
        value = DatabaseUnderTest.class,
        names = {"H2_SERVER", "POSTGRESQL", "MYSQL", "MARIADB"})
@Execution(ExecutionMode.CONCURRENT)
final class StormsOfUsersTest {

    private static final Duration TTL = Duration.ofSeconds(4);

    /** So many may follow each other at once, as in a rolling deployment. */
    private static final int BURST = 6;

    /** The elections, each with the loop that it is named after. */
    private static final List<String> LOOPS = List.of("listener", "job", "loop");

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);

    @Parameter
    private DatabaseUnderTest tested;

    private TestDatabase database;
    private LeaseCoordinator a;
    private LeaseCoordinator b;
    private final AtomicBoolean over = new AtomicBoolean();

    @BeforeEach
    void connect() {
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        a = Member.coordinator(database, database.url(), "a", TTL).build();
        b = Member.coordinator(database, database.url(), "b", TTL).build();
    }

    @AfterEach
    void disconnect() {
        over.set(true);
        if (b != null) {
            b.close();
        }
        if (a != null) {
            a.close();
        }
        if (database != null) {
            database.close();
        }
    }

    @Test
    void noLoopMakesManyChangesOfLeader() throws SQLException {
        for (LeaseCoordinator node : List.of(a, b)) {
            resignAsListener(node);
            resignAsJob(node);
            startAndClose(node);
        }
        for (String election : LOOPS) {
            await().atMost(Member.SOON).until(() -> terms(election) >= 2);
        }
        long begun = System.nanoTime();
        Map<String, Long> first = new HashMap<>();
        for (String election : LOOPS) {
            first.put(election, terms(election));
        }
        await().atMost(Member.SOON).pollInterval(Duration.ofMillis(20)).until(() -> {
            Duration yet = Duration.ofNanos(System.nanoTime() - begun);
            for (Map.Entry<String, Long> each : first.entrySet()) {
                long changes = terms(each.getKey()) - each.getValue();
                assertThat(changes)
                        .as("changes of leader of '%s' in %s", each.getKey(), yet)
                        .isLessThanOrEqualTo(most(yet));
            }
            return yet.compareTo(LONG_ENOUGH) > 0;
        });
        assertThat(terms("listener") - first.get("listener"))
                .as("control: it goes on")
                .isPositive();
    }

    private void resignAsListener(LeaseCoordinator node) {
        CompletableFuture<LeaderElection> own = new CompletableFuture<>();
        own.complete(node.election("listener")
                .listener(whenAcquired(() -> resign(own)))
                .start());
    }

    private void resignAsJob(LeaseCoordinator node) {
        CompletableFuture<LeaderElection> own = new CompletableFuture<>();
        own.complete(node.election("job").job(leadership -> resign(own)).start());
    }

    private static void resign(CompletableFuture<LeaderElection> own) {
        CompletableFuture<Void> unused = own.join().resign();
    }

    private void startAndClose(LeaseCoordinator node) {
        CompletableFuture<LeaderElection> own = new CompletableFuture<>();
        own.complete(node.election("loop")
                .listener(whenAcquired(() -> {
                    CompletableFuture<Void> unused = CompletableFuture.runAsync(() -> {
                        own.join().close();
                        if (!over.get()) {
                            startAndClose(node);
                        }
                    });
                }))
                .start());
    }

    /** A job that returns is no reason to resign: the example in our README. */
    @Test
    void aJobThatReturns() throws Exception {
        AtomicReference<Integer> runs = new AtomicReference<>(0);
        for (LeaseCoordinator node : List.of(a, b)) {
            LeaderElection unused = node.election(Member.ELECTION)
                    .job(leadership -> runs.updateAndGet(before -> before + 1))
                    .start();
        }
        await().atMost(Member.SOON).until(() -> terms(Member.ELECTION) > 0);
        Sql.awaitRenewals(database, 5);
        assertThat((long) runs.get()).as("once in each term").isLessThanOrEqualTo(terms(Member.ELECTION));
        assertThat(Sql.list(database, "select end_reason from leader_term where ended_at is not null"))
                .as("why terms have ended: a busy machine may lose one, but nobody resigned")
                .allMatch("EXPIRED"::equals);
    }

    private static LeaderListener whenAcquired(Runnable then) {
        return event -> {
            if (event instanceof LeadershipAcquired) {
                then.run();
            }
        };
    }

    private long terms(String election) throws SQLException {
        return Long.parseLong(
                Sql.one(database, "select count(*) from leader_term where election_name = '" + election + "'"));
    }

    /** What the nodes may forget of each other at first, and two in a second from then on. */
    private static long most(Duration yet) {
        return 2 * BURST + 2 * yet.toSeconds();
    }
}
