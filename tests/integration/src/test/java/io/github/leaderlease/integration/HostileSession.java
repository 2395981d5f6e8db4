package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.Leadership;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** A whole life of a term on connections that somebody has set up in an odd way before they became ours. */
final class HostileSession {

    private HostileSession() {}

    static void leadFenceResign(TestDatabase database, String url) throws SQLException {
        forget(database);
        try (Member node = join(database, url)) {
            Leadership term = node.lead(Duration.ofMinutes(1));
            node.coordinator()
                    .fencedTransactions()
                    .dataSource(database.dataSource(url))
                    .run(term, connection -> {
                        Sql.run(connection, "insert into work values (" + term.fencingToken() + ")");
                        return null;
                    });
            try (Connection connection = database.dataSource(url).getConnection()) {
                connection.setAutoCommit(false);
                Sql.run(connection, "insert into work values (" + (term.fencingToken() + 1) + ")");
                term.fence(connection);
                connection.commit();
            }
            node.awaitRenewed();
            node.election().resign().join();
            assertThat(Sql.list(database, "select nr from work order by nr"))
                    .containsExactly(String.valueOf(term.fencingToken()), String.valueOf(term.fencingToken() + 1));
            assertThat(Sql.list(database, "select end_reason from leader_term where token = " + term.fencingToken()))
                    .containsExactly("RESIGNED");
        }
    }

    /** What came before shall not be waited for. */
    static void forget(TestDatabase database) throws SQLException {
        Sql.run(database, "delete from leader_lease", "delete from leader_term", "delete from work");
    }

    /** Its lease outlasts a busy machine, and a renewal is not long in coming. */
    static Member join(TestDatabase database, String url) {
        return Member.join(
                LeaseCoordinator.builder(url, database.user(), database.password())
                        .nodeName("a")
                        .ttl(Member.STEADY)
                        .heartbeat(Duration.ofMillis(300))
                        .closeOnShutdown(false)
                        .build(),
                election -> election);
    }

    /** All settings share one database: they belong to sessions. */
    static TestDatabase prepared(Map<DatabaseUnderTest, TestDatabase> known, DatabaseUnderTest tested)
            throws SQLException {
        TestDatabase present = known.get(tested);
        if (present != null) {
            return present;
        }
        TestDatabase database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        Sql.run(database, "create table work (nr bigint not null)");
        known.put(tested, database);
        return database;
    }
}
