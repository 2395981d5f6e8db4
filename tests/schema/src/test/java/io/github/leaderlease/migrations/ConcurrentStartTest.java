package io.github.leaderlease.migrations;

import static io.github.leaderlease.testdatabases.Engine.H2;
import static io.github.leaderlease.testdatabases.Engine.MARIADB;
import static io.github.leaderlease.testdatabases.Engine.MYSQL;
import static io.github.leaderlease.testdatabases.Engine.POSTGRESQL;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ForEachDatabase({H2, POSTGRESQL, MYSQL, MARIADB})
final class ConcurrentStartTest {

    private static final int NODES = 4;
    private static final int ROUNDS = 3;

    private final DatabaseUnderTest tested;

    ConcurrentStartTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @ParameterizedTest(name = "schema with tables: {0}")
    @ValueSource(booleans = {false, true})
    void oneNodeAppliesAndTheOthersWaitForIt(boolean schemaWithTables) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (TestDatabase database = tested.fresh()) {
                if (schemaWithTables) {
                    new Sql(database.dataSource()).run("create table orders (id int)");
                }
                assertThat(atOnce(() -> start(database))).as("round %d", round).isEqualTo(Scripts.NAMES);
            }
        }
    }

    private static List<String> start(TestDatabase database) {
        LeaseMigrations migrations = LeaseMigrations.on(database.dataSource());
        List<String> mine = migrations.migrate();
        // whoever returns must find everything there
        migrations.check();
        return mine;
    }

    private static List<String> atOnce(Callable<List<String>> start) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(NODES);
        ExecutorService nodes = Executors.newFixedThreadPool(NODES);
        try {
            List<Future<List<String>>> futures = new ArrayList<>();
            for (int node = 0; node < NODES; node++) {
                futures.add(nodes.submit(() -> {
                    barrier.await(1, MINUTES);
                    return start.call();
                }));
            }
            List<String> all = new ArrayList<>();
            for (Future<List<String>> future : futures) {
                all.addAll(future.get(1, MINUTES));
            }
            return all;
        } finally {
            nodes.shutdownNow();
        }
    }
}
