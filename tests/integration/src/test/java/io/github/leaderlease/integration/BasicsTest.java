package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static io.github.leaderlease.testdatabases.Engine.H2;
import static io.github.leaderlease.testdatabases.Engine.MARIADB;
import static io.github.leaderlease.testdatabases.Engine.MYSQL;
import static io.github.leaderlease.testdatabases.Engine.POSTGRESQL;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.Leader;
import io.github.leaderlease.LeaderEvent;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** How elections go when nothing breaks. */
@Execution(ExecutionMode.CONCURRENT)
@ForEachDatabase({H2, POSTGRESQL, MYSQL, MARIADB})
final class BasicsTest {

    private final DatabaseUnderTest tested;
    private TestDatabase database;

    BasicsTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @BeforeEach
    void begin() {
        drop();
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
    }

    @AfterEach
    void drop() {
        if (database != null) {
            database.close();
            database = null;
        }
    }

    private Member join(String node) {
        return Member.join(database, node);
    }

    @Test
    void theyTakeTurnsAndEverybodyIsToldEverything() throws Exception {
        Rounds.play(this::takeTurns);
    }

    private void takeTurns(Rounds round) throws Exception {
        begin();
        try (Member a = Member.brisk(database, "a", round)) {
            long first = a.lead(SOON).fencingToken();
            try (Member b = Member.brisk(database, "b", round)) {
                b.follow("a", SOON);
                Member.settle(database);
                a.election().resign().get(60, TimeUnit.SECONDS);
                assertThat(a.election().isLeader()).isFalse();
                long second = b.lead(SOON).fencingToken();
                a.follow("b", SOON);
                b.leave();
                assertThat(b.election().isLeader()).isFalse();
                long third = a.lead(SOON).fencingToken();
                assertThat(List.of(first, second, third)).isSorted().doesNotHaveDuplicates();
                b.events().awaitStory(SOON, "following a", "lost a RESIGNED", "acquired", "lost own CLOSED");
            }
            a.events().awaitStory(SOON, "acquired", "lost own RESIGNED", "following b", "lost b CLOSED", "acquired");
        }
    }

    @Test
    void everybodyKnowsTheLeaderAndWhatItTells() {
        LeaseCoordinator home = Member.steady(database, database.url(), "a").build();
        try (Member a = Member.join(home, election -> election.metadata("http://a.example:8080/"))
                        .leading();
                Member b = join("b")) {
            long token = a.token();
            b.follow("a", SOON);
            Leader known = b.election().leader().orElseThrow();
            assertThat(known.fencingToken()).isEqualTo(token);
            assertThat(known.metadata()).isEqualTo("http://a.example:8080/");
            assertThat(known.staleness()).isLessThan(Member.STEADY);
            assertThat(known.election()).isEqualTo(Member.ELECTION);
            Leader self = a.election().leader().orElseThrow();
            assertThat(self.node()).isEqualTo("a");
            assertThat(self.metadata()).isEqualTo("http://a.example:8080/");
            Leader onRecord = b.coordinator().leader(Member.ELECTION).orElseThrow();
            assertThat(onRecord.node()).isEqualTo("a");
            assertThat(onRecord.fencingToken()).isEqualTo(token);
            assertThat(onRecord.metadata()).isEqualTo("http://a.example:8080/");
            assertThat(b.coordinator().leader("somebody-else")).isEmpty();
        }
        try (LeaseCoordinator observer =
                Member.steady(database, database.url(), "o").build()) {
            assertThat(observer.leader(Member.ELECTION)).as("after close()").isEmpty();
        }
    }

    @Test
    void aLateListenerIsToldThePresentStateFirst() throws Exception {
        Rounds.play(this::listenLate);
    }

    private void listenLate(Rounds round) throws SQLException {
        begin();
        try (Member a = Member.brisk(database, "a", round).leading();
                Member b = Member.brisk(database, "b", round)) {
            b.follow("a", SOON);
            Member.settle(database);
            Leadership term = a.election().leadership().orElseThrow();
            EventLog atLeader = new EventLog();
            a.election().addListener(atLeader);
            atLeader.awaitStory(SOON, "acquired");
            LeaderEvent told = atLeader.lines("acquired").get(0).event();
            assertThat(((LeaderEvent.LeadershipAcquired) told).leadership()).isSameAs(term);
            EventLog atFollower = new EventLog();
            b.election().addListener(atFollower);
            atFollower.awaitStory(SOON, "following a");
            a.leave();
            b.lead(SOON);
            atLeader.awaitStory(SOON, "acquired", "lost own CLOSED");
            atFollower.awaitStory(SOON, "following a", "lost a CLOSED", "acquired");
        }
    }

    @Test
    void itStepsDownWhenTheTableAsksItTo() throws Exception {
        Rounds.play(this::stepDown);
    }

    private void stepDown(Rounds round) throws SQLException {
        begin();
        try (Member a = Member.brisk(database, "a", round)) {
            long token = a.lead(SOON).fencingToken();
            try (Member b = Member.brisk(database, "b", round)) {
                b.follow("a", SOON);
                Member.settle(database);
                Sql.run(database, "update leader_lease set step_down_token = " + token);
                b.lead(SOON);
                assertThat(b.token()).isGreaterThan(token);
                a.events().awaitStory(SOON, "acquired", "lost own STEPPED_DOWN", "following b");
                b.events().awaitStory(SOON, "following a", "lost a STEPPED_DOWN", "acquired");
            }
        }
    }

    @Test
    void anOldRequestToStepDownConcernsNobodyElse() throws SQLException {
        try (Member a = join("a")) {
            long token = a.lead(SOON).fencingToken();
            Sql.run(database, "update leader_lease set step_down_token = " + (token - 1));
            Sql.awaitRenewals(database, 2);
            assertThat(a.token()).isEqualTo(token);
            assertThat(a.events().story()).containsExactly("acquired");
        }
    }
}
