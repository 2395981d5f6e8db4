package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static io.github.leaderlease.testdatabases.Engine.POSTGRESQL;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.ForEachLeg;
import io.github.leaderlease.testdatabases.Leg;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Being told of changes, and going on without. */
@ForEachLeg(POSTGRESQL)
final class NotificationTest {

    private static final Duration TTL = Duration.ofSeconds(30);
    private static final String LISTENERS =
            "select pid from pg_stat_activity where datname = current_database() and query ilike 'listen %'";

    private final Leg leg;
    private TestDatabase database;

    NotificationTest(Leg leg) {
        this.leg = leg;
    }

    @BeforeEach
    void migrate() {
        database = leg.fresh();
        LeaseMigrations.migrate(database.dataSource());
    }

    @AfterEach
    void drop() {
        if (database != null) {
            database.close();
        }
    }

    private Member join(String node) {
        return Member.join(database, node, TTL);
    }

    /** A look at the table is due after one second at the earliest, so what happens much sooner was told. */
    @Test
    void aFollowerIsToldAtOnce() throws Exception {
        try (Member a = join("a").leading();
                Member b = join("b")) {
            b.follow("a", SOON);
            awaitListening(2);
            for (int i = 0; i < 6; i++) {
                Member leader = i % 2 == 0 ? a : b;
                Member follower = i % 2 == 0 ? b : a;
                long start = System.nanoTime();
                leader.election().resign().get(15, TimeUnit.SECONDS);
                follower.lead(SOON);
                System.out.println("handover " + (System.nanoTime() - start) / 1000 + " us");
                leader.follow(i % 2 == 0 ? "b" : "a", SOON);
            }
        }
        await().atMost(SOON).until(() -> listeners().isEmpty());
    }

    private List<String> listeners() throws Exception {
        try (Connection connection = database.connection()) {
            return Sql.list(connection, LISTENERS);
        }
    }

    private void awaitListening(int many) {
        await().atMost(SOON).until(() -> listeners().size() == many);
    }
}
