package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testkit.TcpProxy;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One process takes part in thousands of elections for the price of one. */
@Isolated("weighs the heap, and keeps all processors busy")
final class ManyElectionsTest {

    private static final Duration TTL = Member.STEADY;

    /** Takes longer than a heartbeat of thousands, and not long to wait for a few of them. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(3);

    private static final Duration LONG = Duration.ofMinutes(3);

    /** A list that is bound to a statement is at most so long where there are no arrays. */
    private static final int CHUNK = 500;

    private static final int MAX_BYTES = 16 * 1024;
    private static final int CYCLES = 3;

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MARIADB", "MYSQL", "H2_SERVER"})
    void theyCostThreadsConnectionsAndStatementsOfOne(DatabaseUnderTest tested) throws Exception {
        int many = elections(tested);
        Traffic traffic = new Traffic();
        try (TestDatabase database = tested.fresh();
                TcpProxy proxy = TcpProxy.to("127.0.0.1", database.server().port())) {
            LeaseMigrations.migrate(database.dataSource());
            String url = database.urlThrough(proxy.port());
            try (LeaseCoordinator coordinator = LeaseCoordinator.builder(traffic.counted(database.dataSource(url)))
                    .nodeName("many")
                    .ttl(TTL)
                    .heartbeat(HEARTBEAT)
                    .closeOnShutdown(false)
                    .build()) {
                long empty = heap();
                List<LeaderElection> elections = new ArrayList<>(Candidacies.stand(coordinator, 0, many / 2));
                Candidacies.awaitAllLed(elections, LONG);
                elections.addAll(Candidacies.stand(coordinator, many / 2, many));
                Candidacies.awaitAllLed(elections, LONG);
                Sql.awaitAllRenewed(database, LONG);
                long weight = (heap() - empty) / many;
                double statements = statementsOfACycle(database, traffic);
                System.out.printf(
                        "[many] %s: %d elections, %d bytes each, %.1f statements a heartbeat, %d connections, %d"
                                + " threads%n",
                        tested, many, weight, statements, proxy.openConnections(), Candidacies.threads("many"));
                assertThat(Candidacies.led(elections)).isEqualTo(many);
                assertThat(weight).as("bytes for each election").isBetween(100L, (long) MAX_BYTES);
                assertThat(proxy.openConnections()).isEqualTo(connections(tested));
                assertThat(proxy.connections()).as("none was replaced").isEqualTo(connections(tested));
                assertThat(Candidacies.threads("many"))
                        .as("one for each connection, and the engine")
                        .isEqualTo(connections(tested) + 1);
                assertThat(statements).as("statements a heartbeat").isBetween(1.0, mostStatements(tested, many));
            }
        }
    }

    /** One that renews, one that reads and acquires, and on PostgreSQL one that listens. */
    private static int connections(DatabaseUnderTest tested) {
        return tested.engine() == Engine.POSTGRESQL ? 3 : 2;
    }

    private static int elections(DatabaseUnderTest tested) {
        return tested.engine() == Engine.POSTGRESQL
                ? Integer.getInteger("many.elections", 10_000)
                : Integer.getInteger("many.elections.elsewhere", 1_000);
    }

    /** Elsewhere a chunk is picked and renewed, within bounds that are set before and put back after it. */
    private static double mostStatements(DatabaseUnderTest tested, int many) {
        return tested.engine() == Engine.POSTGRESQL ? 5 : 4.0 * (Math.ceil((double) many / CHUNK) + 1);
    }

    private static double statementsOfACycle(TestDatabase database, Traffic traffic) throws Exception {
        String least = "select min(renewal) from leader_lease";
        long from = Long.parseLong(Sql.one(database, least));
        long before = traffic.statements();
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Long.parseLong(Sql.one(database, least)) >= from + CYCLES);
        return (double) (traffic.statements() - before) / CYCLES;
    }

    /** What is in use once there is nothing left to collect. */
    private static long heap() {
        long[] least = {Long.MAX_VALUE};
        await().atMost(LONG).pollDelay(Duration.ZERO).until(() -> {
            System.gc();
            long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            boolean settled = used >= least[0] - 100_000;
            least[0] = Math.min(least[0], used);
            return settled;
        });
        return least[0];
    }
}
