package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.Leadership;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testdatabases.TestServer;
import io.github.leaderlease.testkit.TcpProxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A server of MySQL or MariaDB is demoted and promoted again, and has lost what its replica was told meanwhile. Its
 * incarnation is the same as before. The replication is done by hand here: rows are copied, or are not.
 */
final class ReturningServerTest {

    private static final Duration TTL = Duration.ofSeconds(3);

    /** On a busy machine a look may fail, and then the waiting begins anew. */
    private static final Duration LATE = Duration.ofSeconds(60);

    private static final String LEASE = "election_name, token, renewal, holder_id, ttl_ms, renewed_at, expires_at,"
            + " acquired_incarnation, step_down_token";
    private static final String TERM =
            "election_name, token, holder_id, node_name, metadata, ttl_ms, started_at, ended_at, end_reason";

    /** One server plays both: to whom connects afterwards, a row that was put back looks as if nothing had happened. */
    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"MYSQL", "MARIADB"})
    void aReleasedLeaseThatHasComeBackIsNotTakenWhileALostTermMayStillBeLed(DatabaseUnderTest tested) throws Exception {
        try (TestDatabase database = tested.fresh();
                TcpProxy replica = TcpProxy.to("localhost", database.server().port())) {
            LeaseMigrations.migrate(database.dataSource());
            Member.join(database, "n0", TTL).leading().leave();
            Sql.run(
                    database,
                    "create table old_lease as select " + LEASE + " from leader_lease",
                    "create table old_term as select " + TERM + " from leader_term");
            try (Member lost = Member.join(database, database.urlThrough(replica.port()), "n1", TTL)) {
                lead(lost);
                lost.awaitRenewed();
                replica.blackHole();
                Sql.run(
                        database,
                        "delete from leader_term",
                        "delete from leader_lease",
                        "insert into leader_term (" + TERM + ") select * from old_term",
                        "insert into leader_lease (" + LEASE + ") select * from old_lease");
                long returned = System.nanoTime();
                try (Member fresh = Member.join(database, "n2", TTL);
                        Watch watch = Watch.over(lost, fresh)) {
                    lead(fresh);
                    assertLedOnlyAfterATtl(fresh, returned);
                    assertThat(lost.election().isLeader()).isFalse();
                    watch.assertNeverTwo();
                }
            }
        }
    }

    /** Nothing restarts at a switch-over by read_only, and the connections of whoever looks away are not even cut. */
    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"MYSQL", "MARIADB"})
    void aFollowerThatStayedOnTheDemotedServerBeginsAnewOnceItIsPromoted(DatabaseUnderTest tested) throws Exception {
        try (TestServer first = tested.startPrivate();
                TestServer second = tested.startPrivate();
                TestDatabase a = first.fresh();
                TestDatabase b = second.freshLike(a)) {
            LeaseMigrations.migrate(a.dataSource());
            LeaseMigrations.migrate(b.dataSource());
            AtomicReference<@Nullable TestDatabase> primary = new AtomicReference<>(a);
            boolean frozen = false;
            try (Member leader = Member.join(behindAProxy(a, primary), election -> election)) {
                leader.leading();
                long token = leader.token();
                try (Member stuck = Member.join(a, "n2", TTL)) {
                    stuck.follow("n0", Member.SOON);
                    copy(a, b);
                    Sql.run(a, "set global read_only = 1");
                    long demoted = System.nanoTime();
                    primary.set(b);
                    await().atMost(Member.SOON)
                            .until(() -> System.nanoTime() - demoted
                                    > TTL.plusMillis(500).toNanos());
                    assertThat(leader.lead(LATE).fencingToken())
                            .as("the same term, on the other server, unless it was lost on the way")
                            .isGreaterThanOrEqualTo(token);
                    try (Watch watch = Watch.over(leader, stuck)) {
                        leader.awaitRenewed();
                        second.freeze();
                        frozen = true;
                        primary.set(null);
                        Sql.run(a, "set global read_only = 0");
                        long returned = System.nanoTime();
                        lead(stuck);
                        assertLedOnlyAfterATtl(stuck, returned);
                        watch.assertNeverTwo();
                    }
                } finally {
                    if (frozen) {
                        second.thaw();
                    }
                }
            }
        }
    }

    private static void lead(Member member) {
        Leadership unused = member.lead(LATE);
    }

    private static void assertLedOnlyAfterATtl(Member member, long since) {
        long led = member.events().awaitLine(Member.SOON, "acquired", 1).at();
        assertThat(Duration.ofNanos(led - since)).as("waited").isGreaterThanOrEqualTo(TTL);
    }

    /** Whoever connects gets the present primary. */
    private static LeaseCoordinator behindAProxy(TestDatabase any, AtomicReference<@Nullable TestDatabase> primary) {
        DataSource proxy = TamperedConnection.each(any.dataSource(), connection -> {
            try {
                connection.close();
                TestDatabase present = primary.get();
                if (present != null) {
                    return present.connection();
                }
            } catch (SQLException e) {
                throw new IllegalStateException("cannot connect to the primary", e);
            }
            throw new IllegalStateException("there is no primary");
        });
        return LeaseCoordinator.builder(proxy)
                .nodeName("n0")
                .ttl(TTL)
                .heartbeat(TTL.dividedBy(3))
                .closeOnShutdown(false)
                .build();
    }

    private static void copy(TestDatabase from, TestDatabase to) throws SQLException {
        try (Connection source = from.connection();
                Connection target = to.connection()) {
            copy(source, target, "leader_term", TERM);
            copy(source, target, "leader_lease", LEASE);
        }
    }

    private static void copy(Connection source, Connection target, String table, String columns) throws SQLException {
        int count = columns.split(",").length;
        String insert = "insert into " + table + " (" + columns + ") values (?" + ", ?".repeat(count - 1) + ")";
        try (Statement read = source.createStatement();
                ResultSet rows = read.executeQuery("select " + columns + " from " + table);
                PreparedStatement write = target.prepareStatement(insert)) {
            while (rows.next()) {
                for (int i = 1; i <= count; i++) {
                    write.setString(i, rows.getString(i));
                }
                write.executeUpdate();
            }
        }
    }
}
