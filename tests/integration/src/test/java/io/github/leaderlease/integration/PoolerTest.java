package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.PgBouncer;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Behind a pooler that gives each transaction any one of few server connections. */
final class PoolerTest {

    private static final int SERVER_CONNECTIONS = 3;

    private TestDatabase database;
    private PgBouncer pooler;

    @BeforeEach
    void begin() {
        database = DatabaseUnderTest.POSTGRESQL.fresh();
        LeaseMigrations.migrate(database.dataSource());
        pooler = PgBouncer.before(database, SERVER_CONNECTIONS);
    }

    @AfterEach
    void end() {
        if (pooler != null) {
            pooler.close();
        }
        if (database != null) {
            database.close();
        }
    }

    private Member join(String node) {
        return Member.join(Member.steady(database, pooler.url(), node).build(), election -> election);
    }

    @Test
    void electionsHandoversAndFencesWork() throws Exception {
        try (Member a = join("a").leading();
                Member b = join("b")) {
            b.follow("a", SOON);
            write(a);
            Sql.awaitRenewals(database, 3);
            a.leave();
            b.lead(SOON);
            write(b);
            b.events().awaitStory(SOON, "following a", "lost a CLOSED", "acquired");
            a.events().awaitStory(SOON, "acquired", "lost own CLOSED");
        }
    }

    private static void write(Member leader) throws Exception {
        Leadership leadership = leader.election().leadership().orElseThrow();
        String sum = leadership.inTransaction(tx -> Sql.list(tx, "select 1 + 1").get(0));
        assertThat(sum).isEqualTo("2");
    }

    @Test
    void theApplicationBehindTheSamePoolerKeepsItsSettings() throws Exception {
        String settings = "select name || ' = ' || setting from pg_settings where name in"
                + " ('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout') order by name";
        List<String> expected = Sql.list(database, settings);
        try (Member a = join("a").leading()) {
            Sql.awaitRenewals(database, 3);
            assertThat(seenByAll(settings)).as("while it leads").containsOnly(expected);
            a.leave();
            assertThat(seenByAll(settings)).as("when it has left").containsOnly(expected);
        }
    }

    /** It accepts LISTEN and delivers nothing: the probe finds out, one line says so, and a direct URL helps. */
    @Test
    void nothingIsHeardThroughItAndTheRemedyIsNamed() throws Exception {
        try (LogCapture log = LogCapture.of(LeaseCoordinator.class);
                Member deaf = join("deaf").leading();
                Member hearing = Member.join(
                        Member.steady(database, pooler.url(), "hearing")
                                .listenOn(database.url(), database.user(), database.password())
                                .build(),
                        election -> election)) {
            await().atMost(SOON.multipliedBy(2))
                    .until(() -> log.warnings().stream()
                            .anyMatch(line -> line.startsWith("node deaf: LISTEN/NOTIFY is unavailable")));
            assertThat(log.warnings())
                    .filteredOn(line -> line.startsWith("node deaf:"))
                    .singleElement()
                    .asString()
                    .contains("PgBouncer", "listenOn(...)", "notifications(false)");
            assertThat(log.warnings()).noneMatch(line -> line.startsWith("node hearing:"));
            assertThat(deaf.election().isLeader()).isTrue();
            hearing.follow("deaf", SOON);
        }
    }

    @Test
    void statementModeIsRefusedAtTheStartWithTheRemedy() {
        try (PgBouncer statements = PgBouncer.inStatementMode(database, SERVER_CONNECTIONS)) {
            assertThatThrownBy(
                            () -> Member.steady(database, statements.url(), "a").build())
                    .isInstanceOf(LeaderLeaseException.class)
                    .hasMessageContaining("pool_mode = transaction");
        }
    }

    @Test
    void preparedStatementsThatThePoolerDoesNotKnowAreToldWithTheSetting() {
        try (LogCapture log = LogCapture.of("io.github.leaderlease");
                Member forgetful = Member.join(
                        Member.steady(database, database.urlThrough(pooler.port()), "forgetful")
                                .build(),
                        election -> election)) {
            await().atMost(SOON.multipliedBy(2))
                    .until(() -> log.warnings().stream().anyMatch(line -> line.contains("prepareThreshold=0")));
            assertThat(forgetful.election().name()).isEqualTo(Member.ELECTION);
        } catch (LeaderLeaseException atTheStart) {
            assertThat(atTheStart).hasMessageContaining("prepareThreshold=0");
        }
    }

    /** As many transactions at once as there are server connections. */
    private List<List<String>> seenByAll(String query) throws Exception {
        List<List<String>> seen = new ArrayList<>();
        List<Connection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < SERVER_CONNECTIONS - 1; i++) {
                Connection connection = pooler.dataSource().getConnection();
                connections.add(connection);
                connection.setAutoCommit(false);
                seen.add(Sql.list(connection, query));
            }
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
        return seen;
    }
}
