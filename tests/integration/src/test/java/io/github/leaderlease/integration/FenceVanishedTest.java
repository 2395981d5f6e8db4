package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.NotLeaderException;
import io.github.leaderlease.WorkerFence;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testkit.TcpProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process vanishes without a packet while it holds the fence: nobody tells the server, which ends the transaction when
 * it has stood idle for too long. PostgreSQL does so for every fence; MySQL and MariaDB for {@code Leadership.inTransaction},
 * since only that may change settings of the session. H2 knows no such bound.
 */
@Execution(ExecutionMode.CONCURRENT)
final class FenceVanishedTest {

    private static final Duration TTL = Duration.ofSeconds(2);

    /** A third of the TTL, but not less than a second; MySQL and MariaDB count whole seconds. */
    private static final Duration IDLE = Duration.ofSeconds(1);

    private static final Duration WORKER_IDLE = Duration.ofSeconds(5);
    private static final Duration BEYOND = Duration.ofSeconds(2);

    private TestDatabase database;
    private TcpProxy coordinators;
    private TcpProxy workers;
    private Member leader;
    private Member follower;
    private Leadership term;
    private Connection connection;

    private void prepare(Rounds round, DatabaseUnderTest tested) throws SQLException {
        tidyUp();
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        Sql.run(database, "create table work (nr int not null)");
        coordinators = TcpProxy.to("127.0.0.1", database.server().port());
        workers = TcpProxy.to("127.0.0.1", database.server().port());
        leader = Member.join(database, database.urlThrough(coordinators.port()), "a", TTL)
                .mayExpire(round, 1)
                .leading();
        follower = Member.join(database, "b", TTL).mayExpire(round, 0);
        follower.follow("a", SOON);
        long token = leader.leads(round);
        term = leader.election().leadership().orElseThrow();
        round.require(term.fencingToken() == token, "it lost its lease by itself");
        connection = database.dataSource(database.urlThrough(workers.port())).getConnection();
        connection.setAutoCommit(false);
    }

    @AfterEach
    void tidyUp() throws SQLException {
        if (connection != null) {
            connection.abort(Runnable::run);
        }
        for (TcpProxy proxy : new TcpProxy[] {coordinators, workers}) {
            if (proxy != null) {
                proxy.close();
            }
        }
        for (Member member : new Member[] {leader, follower}) {
            if (member != null) {
                member.close();
            }
        }
        if (database != null) {
            database.close();
        }
        connection = null;
        coordinators = null;
        workers = null;
        leader = null;
        follower = null;
        database = null;
    }

    /** The worst moment to vanish is right before the lease runs out. */
    private void nearlyRunOut() {
        coordinators.blackHole();
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> term.remaining().compareTo(TTL.dividedBy(4)) < 0);
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "POSTGRESQL_OLDEST"})
    void afterTheFence(DatabaseUnderTest tested) throws Exception {
        Rounds.play(round -> vanishAfterTheFence(round, tested));
    }

    private void vanishAfterTheFence(Rounds round, DatabaseUnderTest tested) throws Exception {
        prepare(round, tested);
        nearlyRunOut();
        Sql.run(connection, "insert into work values (1)");
        String session = Sql.list(connection, "select pg_backend_pid()").get(0);
        fenceInTime(round);
        workers.blackHole();
        assertTakenOver(round, IDLE);
        assertThat(Sql.list(database, "select pid from pg_stat_activity where pid = " + session))
                .as("the session that vanished")
                .isEmpty();
    }

    /** Nobody tells a worker the TTL, so it is idle for longer than the lease lasts: the takeover has to wait. */
    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "POSTGRESQL_OLDEST"})
    void afterTheFenceOfAWorker(DatabaseUnderTest tested) throws Exception {
        Rounds.play(round -> vanishAfterTheFenceOfAWorker(round, tested));
    }

    private void vanishAfterTheFenceOfAWorker(Rounds round, DatabaseUnderTest tested) throws Exception {
        prepare(round, tested);
        nearlyRunOut();
        Sql.run(connection, "insert into work values (1)");
        long fencing = System.nanoTime();
        try {
            WorkerFence.create().fence(connection, term.election(), term.fencingToken(), term.holderId());
        } catch (NotLeaderException over) {
            round.require(false, "the fence came too late: " + over.getMessage());
        }
        workers.blackHole();
        assertTakenOver(round, WORKER_IDLE);
        long acquired = follower.events().awaitLine(SOON, "acquired", 1).at();
        assertThat(Duration.ofNanos(acquired - fencing)).as("it had to wait").isGreaterThanOrEqualTo(WORKER_IDLE);
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MYSQL", "MYSQL_8_0_15", "MARIADB"})
    void beforeTheCommitOfAFencedTransaction(DatabaseUnderTest tested) throws Exception {
        Rounds.play(round -> vanishBeforeTheCommit(round, tested));
    }

    private void vanishBeforeTheCommit(Rounds round, DatabaseUnderTest tested) throws Exception {
        prepare(round, tested);
        DataSource vanishing =
                TamperedConnection.of(database.dataSource(database.urlThrough(workers.port())), (method, arguments) -> {
                    if (method.equals("commit")) {
                        workers.blackHole();
                    }
                });
        CompletableFuture<Void> transaction = CompletableFuture.runAsync(() -> commitLate(vanishing));
        round.excuse("the fence came too late", () -> refusedAsOver(transaction));
        assertTakenOver(round, IDLE);
        assertThat(transaction).as("a commit without an answer").isNotDone();
        workers.cut();
        assertThatThrownBy(() -> transaction.get(SOON.toMillis(), TimeUnit.MILLISECONDS))
                .cause()
                .isInstanceOf(LeaderLeaseException.class)
                .hasMessageContaining("unknown");
    }

    private void commitLate(DataSource source) {
        try {
            leader.coordinator().fencedTransactions().dataSource(source).run(term, fenced -> {
                Sql.run(fenced, "insert into work values (1)");
                nearlyRunOut();
                return null;
            });
        } catch (SQLException e) {
            throw new AssertionError("the work itself", e);
        }
    }

    private void fenceInTime(Rounds round) {
        try {
            term.fence(connection);
        } catch (NotLeaderException over) {
            round.require(false, "the fence came too late: " + over.getMessage());
        }
    }

    private static boolean refusedAsOver(CompletableFuture<Void> transaction) {
        return transaction.isCompletedExceptionally()
                && transaction.handle((done, failure) -> failure).join().getCause() instanceof NotLeaderException;
    }

    private void assertTakenOver(Rounds round, Duration idle) throws SQLException {
        long expired = follower.events().awaitLine(SOON, "lost a EXPIRED", 1).at();
        long acquired = follower.events().awaitLine(SOON, "acquired", 1).at();
        Duration took = Duration.ofNanos(acquired - expired);
        System.out.println(
                "taken over on " + database.engine() + " from a client that vanished (bound " + idle + "): " + took);
        assertThat(Sql.list(database, "select nr from work")).isEmpty();
        round.within(idle.plus(BEYOND), took, "the takeover");
    }
}
