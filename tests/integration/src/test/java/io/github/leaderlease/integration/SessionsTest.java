package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testdatabases.TestServer;
import io.github.leaderlease.testkit.TcpProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever happens to the database, a process never has more sessions on it than it has connections, plus one per lane.
 * Counted on the server, by a session that was there before. The profile {@code long-faults} lets each fault last for two minutes.
 */
@Execution(ExecutionMode.CONCURRENT)
final class SessionsTest {

    private static final Duration TTL = Duration.ofSeconds(2);
    private static final Duration FAULT = Duration.ofSeconds(Integer.getInteger("sessions.seconds", 15));
    private static final String ONLY = System.getProperty("sessions.only", ".*");

    /** A starved machine is no fault of ours. */
    private static final Duration LONG = SOON.multipliedBy(4);

    private static final int NODES = 2;
    private static final int LANES = 2;

    static Stream<Arguments> faults() {
        return Stream.of(
                        DatabaseUnderTest.POSTGRESQL,
                        DatabaseUnderTest.MYSQL,
                        DatabaseUnderTest.MARIADB,
                        DatabaseUnderTest.H2_SERVER)
                .flatMap(tested -> Stream.of(ServerFault.values())
                        .filter(fault -> fault.concerns(tested.engine()) && (tested + "." + fault).matches(ONLY))
                        .map(fault -> Arguments.of(tested, fault)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("faults")
    void neverMoreThanItsConnectionsAndOneForEachLane(DatabaseUnderTest tested, ServerFault fault) throws Exception {
        try (TestServer server = tested.startPrivate();
                TestDatabase database = server.fresh();
                TcpProxy proxy = TcpProxy.to("127.0.0.1", server.port());
                Connection observer = database.connection()) {
            LeaseMigrations.migrate(database.dataSource());
            List<Member> members = new ArrayList<>();
            try {
                for (int i = 0; i < NODES; i++) {
                    members.add(Member.join(database, database.urlThrough(proxy.port()), "node-" + i, TTL));
                }
                int present = NODES * connections(tested);
                await().atMost(LONG).until(() -> sessions(tested, observer) == present);
                awaitLeader(members);
                long most = fault.sessions();
                ServerFault.Active active = fault.begin(database, proxy);
                try {
                    most = Math.max(most, most(fault.answers() ? tested : null, observer, FAULT));
                } finally {
                    active.close();
                }
                if (!fault.queuesLogins(tested.engine())) {
                    most = Math.max(most, most(tested, observer, Duration.ofSeconds(1)));
                }
                assertThat(most).isLessThanOrEqualTo(present + NODES * LANES + fault.sessions());
                if (tested.engine() == Engine.H2 && fault.leavesSessions()) {
                    endTransactions(observer);
                }
                awaitLeader(members);
                if (!fault.leavesSessions()) { // who has nothing to renew need not have connected again
                    await().atMost(LONG).until(() -> sessions(tested, observer) <= present);
                }
            } finally {
                proxy.forward();
                members.forEach(Member::close);
            }
        }
    }

    /** The most that were seen in some time; without a database nobody can look. */
    private static long most(@Nullable DatabaseUnderTest tested, Connection observer, Duration duration) {
        AtomicLong most = new AtomicLong();
        await().atMost(duration.plus(SOON))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .during(duration)
                .until(() -> {
                    if (tested != null) {
                        most.accumulateAndGet(sessions(tested, observer), Math::max);
                    }
                    return true;
                });
        return most.get();
    }

    private static void awaitLeader(List<Member> members) {
        await().atMost(LONG)
                .until(() ->
                        members.stream().anyMatch(member -> member.election().isLeader()));
    }

    /** As docs/fencing.md tells an administrator of H2, which ends no transaction of those that nobody hears of any more. */
    private static void endTransactions(Connection observer) throws SQLException {
        Sql.list(
                observer,
                "select abort_session(session_id) from information_schema.sessions"
                        + " where session_id != session_id() and contains_uncommitted");
    }

    private static int connections(DatabaseUnderTest tested) {
        return switch (tested.engine()) {
            case POSTGRESQL -> Member.NOTIFICATIONS ? 3 : 2;
            case MYSQL, MARIADB, H2 -> 2;
        };
    }

    private static long sessions(DatabaseUnderTest tested, Connection observer) throws SQLException {
        String others = switch (tested.engine()) {
            case POSTGRESQL -> "pg_stat_activity where datname = current_database() and pid != pg_backend_pid()";
            case MYSQL, MARIADB -> "information_schema.processlist where db = database() and id != connection_id()";
            case H2 -> "information_schema.sessions where session_id != session_id()";
        };
        return Long.parseLong(
                Sql.list(observer, "select count(*) from " + others).get(0));
    }
}
