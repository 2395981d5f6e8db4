package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.PresentCandidate;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Who stands for what is shown, and names heirs; nothing else depends on it. */
@ForEachDatabase({Engine.POSTGRESQL, Engine.MYSQL, Engine.MARIADB, Engine.H2})
@Execution(ExecutionMode.CONCURRENT)
final class PresenceTest {

    private static final Duration TTL = Duration.ofSeconds(4);
    private static final String DROPPED =
            "drop view leader_candidates; drop table leader_candidate; drop table leader_node";

    private final DatabaseUnderTest tested;
    private TestDatabase database;

    PresenceTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @BeforeEach
    void migrate() {
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
    }

    @AfterEach
    void drop() {
        if (database != null) { // there is none if this server could not be had
            database.close();
        }
    }

    private Member join(String node, int priority) {
        return Member.join(
                Member.steady(database, database.url(), node)
                        .label("zone of " + node)
                        .build(),
                election -> election.priority(priority));
    }

    private static List<PresentCandidate> candidates(Member member) {
        return member.coordinator().candidates(Member.ELECTION);
    }

    private static void awaitCandidates(Member member, String... nodes) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(candidates(member))
                        .extracting(PresentCandidate::node)
                        .containsExactly(nodes));
    }

    @Test
    void candidatesAreShownTheNextHeirFirst() {
        try (Member a = join("a", 0).leading();
                Member b = join("b", -1)) {
            try (Member c = join("c", 7)) {
                awaitCandidates(b, "c", "a", "b");
                assertThat(candidates(c))
                        .extracting(PresentCandidate::label, PresentCandidate::priority)
                        .contains(tuple("zone of b", -1));
                assertThat(a.coordinator().candidates("another")).isEmpty();
            }
            assertThat(candidates(a)).extracting(PresentCandidate::node).containsExactly("a", "b");
        }
    }

    @Test
    void theOneWithTheHighestPriorityIsTheHeir() throws Exception {
        // elsewhere who has just connected has to wait for a TTL, heir or not
        assumeTrue(tested.engine() == Engine.POSTGRESQL || tested.engine() == Engine.H2, tested.toString());
        try (Member a = join("a", 0).leading();
                Member b = join("b", 0);
                Member c = join("c", 7);
                Member d = join("d", 0)) {
            await().atMost(SOON).until(() -> candidates(a).size() == 4);
            for (Member follower : List.of(b, c, d)) {
                follower.follow("a", SOON);
            }
            a.election().resign().join();
            c.lead(SOON);
            assertThat(Sql.list(database, "select node_name from leader_term order by token"))
                    .containsExactly("a", "c");
        }
    }

    @Test
    void withoutTheTablesItElectsAllTheSameAndSaysOnceWhatIsMissing() throws Exception {
        Sql.run(database, DROPPED.split("; "));
        String one = "one-" + database.name();
        String other = "other-" + database.name();
        try (LogCapture log = LogCapture.of("io.github.leaderlease");
                Member a = Member.join(database, one, TTL).leading();
                Member b = Member.join(database, other, TTL)) {
            b.follow(one, SOON);
            a.awaitRenewed();
            a.election().resign().join();
            b.lead(SOON);
            for (String node : List.of(one, other)) {
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(log.warnings())
                                .filteredOn(line -> line.startsWith("node " + node + ": cannot announce"))
                                .singleElement()
                                .asString()
                                .contains("apply the migrations"));
            }
            assertThatThrownBy(() -> candidates(a))
                    .isInstanceOf(LeaderLeaseException.class)
                    .hasMessageContaining("apply the migrations");
        }
    }

    @Test
    void whereItIsTurnedOffNothingIsAnnouncedAndAllElectTheSame() throws Exception {
        try (Member a = Member.join(
                                Member.steady(database, database.url(), "a")
                                        .presence(false)
                                        .build(),
                                election -> election)
                        .leading();
                Member b = join("b", 0)) {
            awaitCandidates(b, "b");
            b.follow("a", SOON);
            assertThat(candidates(a)).isEmpty();
            a.election().suspend().join();
            b.lead(SOON);
            assertThat(Sql.list(database, "select node_name from leader_node")).containsExactly("b");
        }
    }

    /** As a dump or an ALTER TABLE that waits does. */
    @Test
    void whoeverHoldsTheTablesForLongCostsNoLeaseAndKeepsNobodyFromLeading() throws Exception {
        try (Member a = join("a", 0).leading();
                Member b = join("b", 0);
                Connection connection = database.connection()) {
            awaitCandidates(a, "a", "b");
            lock(connection);
            Sql.awaitRenewals(database, 12); // 6 s and more
            assertThat(a.events().story()).containsExactly("acquired");
            a.election().resign().join();
            b.lead(SOON);
            unlock(connection);
            await().atMost(SOON).until(() -> candidates(b).size() == 2);
        }
    }

    private void lock(Connection connection) throws SQLException {
        switch (tested.engine()) {
            case POSTGRESQL -> {
                connection.setAutoCommit(false);
                Sql.run(connection, "lock table leader_node, leader_candidate in access exclusive mode");
            }
            case MYSQL, MARIADB -> Sql.run(connection, "lock tables leader_node write, leader_candidate write");
            case H2 -> {
                connection.setAutoCommit(false);
                Sql.run(
                        connection,
                        "update leader_node set label = label",
                        "select * from leader_candidate for update");
            }
        }
    }

    private void unlock(Connection connection) throws SQLException {
        if (tested.engine() == Engine.MYSQL || tested.engine() == Engine.MARIADB) {
            Sql.run(connection, "unlock tables");
        } else {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }
}
