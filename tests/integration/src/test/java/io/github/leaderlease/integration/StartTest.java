package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.LeaderElectionBuilder;
import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.LeaseCoordinatorBuilder;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testdatabases.TestServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Starting, starting twice, and use after the end. */
final class StartTest {

    private static final Duration TTL = Duration.ofSeconds(2);

    private TestDatabase database;

    private TestDatabase migrated(DatabaseUnderTest tested) {
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        return database;
    }

    @AfterEach
    void drop() {
        if (database != null) {
            database.close();
        }
    }

    private LeaseCoordinatorBuilder coordinator() {
        return Member.steady(database, database.url(), "a");
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MARIADB", "H2_SERVER"})
    void aServerThatIsDownMayComeLater(DatabaseUnderTest tested) {
        try (TestServer server = tested.startPrivate()) {
            database = server.fresh();
            LeaseMigrations.migrate(database.dataSource());
            server.crash();
            try (LogCapture log = LogCapture.of(LeaseCoordinator.class);
                    Member a = Member.join(coordinator().build(), election -> election)) {
                assertThat(log.warnings())
                        .anyMatch(line ->
                                line.contains("node a: the database cannot be used yet, trying on: cannot connect"));
                assertThat(a.election().isLeader()).isFalse();
                assertThat(a.election().leader()).isEmpty();
                assertThatThrownBy(() -> a.coordinator().leader(Member.ELECTION))
                        .isInstanceOf(LeaderLeaseException.class);
                server.start();
                a.lead(SOON);
                a.events().awaitStory(SOON, "acquired");
            }
        }
    }

    @Test
    void aServerThatIsDownIsAnErrorIfTheDatabaseIsRequired() {
        try (TestServer server = DatabaseUnderTest.POSTGRESQL.startPrivate()) {
            database = server.fresh();
            server.crash();
            assertThatThrownBy(() -> coordinator().failFast(true).build())
                    .isInstanceOf(LeaderLeaseException.class)
                    .hasMessageContaining("cannot connect")
                    .hasMessageContaining(Integer.toString(server.port()));
        }
    }

    @Test
    void aBuilderStartsOneCandidate() {
        migrated(DatabaseUnderTest.H2_MEMORY);
        try (LeaseCoordinator coordinator = coordinator().build()) {
            LeaderElectionBuilder builder = coordinator.election("once");
            LeaderElection first = builder.start();
            assertThatIllegalStateException()
                    .isThrownBy(builder::start)
                    .withMessageContaining("election 'once' was already started");
            assertThat(first.name()).isEqualTo("once");
        }
    }

    @Test
    void aCoordinatorHasOneCandidateForAnElection() {
        migrated(DatabaseUnderTest.H2_MEMORY);
        try (LeaseCoordinator coordinator = coordinator().build()) {
            LeaderElection first = coordinator.election("same").start();
            LeaderElectionBuilder second = coordinator.election("same");
            assertThatIllegalStateException()
                    .isThrownBy(second::start)
                    .withMessageContainingAll("election 'same'", "(node a)", "close it");
            first.close();
            LeaderElection again = second.start();
            assertThat(again.name()).isEqualTo("same");
        }
    }

    @Test
    void settingsOfAnElectionAreGivenOnceToo() {
        migrated(DatabaseUnderTest.H2_MEMORY);
        try (LeaseCoordinator coordinator = coordinator().build()) {
            LeaderElectionBuilder builder = coordinator.election("x").ttl(TTL).metadata("m");
            assertThatIllegalStateException()
                    .isThrownBy(() -> builder.ttl(TTL))
                    .withMessageContaining("ttl was already set to PT2S");
            assertThatIllegalStateException()
                    .isThrownBy(() -> builder.metadata("n"))
                    .withMessageContaining("metadata was already set to m, now to n");
            assertThatThrownBy(() -> coordinator.election("y").metadata("a\nb"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no control characters");
            assertThatThrownBy(() -> coordinator.election("two words"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("election name 'two words'");
            assertThatThrownBy(() -> coordinator
                            .election("z")
                            .ttl(Duration.ofSeconds(3))
                            .heartbeat(Duration.ofSeconds(2))
                            .start())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("heartbeat 2 s does not fit TTL 3 s");
        }
    }

    @Test
    void afterCloseItSaysThatItIsClosed() {
        migrated(DatabaseUnderTest.H2_MEMORY);
        Member a = Member.join(coordinator().build(), election -> election).leading();
        LeaderElectionBuilder notStarted = a.coordinator().election("later");
        a.close();
        String closed = "the coordinator of node a is closed";
        assertThatIllegalStateException()
                .isThrownBy(() -> a.coordinator().election("x"))
                .withMessageContaining(closed);
        assertThatIllegalStateException().isThrownBy(notStarted::start).withMessageContaining(closed);
        assertThatIllegalStateException()
                .isThrownBy(() -> a.coordinator().leader("x"))
                .withMessageContaining(closed);
        assertThatIllegalStateException()
                .isThrownBy(() -> a.election().resign())
                .withMessageContaining(closed);
        assertThatIllegalStateException()
                .isThrownBy(() -> a.election().addListener(new EventLog()))
                .withMessageContaining(closed);
        assertThat(a.election().isLeader()).isFalse();
        assertThat(a.election().leadership()).isEmpty();
        a.election().close();
        a.close();
        a.events().awaitStory(SOON, "acquired", "lost own CLOSED");
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MARIADB"})
    void twoNodesMayHaveTheSameName(DatabaseUnderTest tested) {
        migrated(tested);
        try (Member one = Member.join(database, "same").leading();
                Member two = Member.join(database, "same")) {
            two.follow("same", SOON);
            try (Watch watch = Watch.over(one, two)) {
                one.leave();
                two.lead(SOON);
                watch.assertNeverTwo();
            }
        }
    }

    @Test
    void anInterruptedThreadThatClosesStillReleasesAndStaysInterrupted() throws Exception {
        migrated(DatabaseUnderTest.POSTGRESQL);
        try (Member a = Member.join(database, "a").leading()) {
            Thread.currentThread().interrupt();
            a.leave();
            assertThat(Thread.interrupted()).as("still interrupted").isTrue();
            assertThat(Sql.list(database, "select end_reason from leader_term")).containsExactly("CLOSED");
            assertThat(Sql.list(database, "select holder_id from leader_lease")).containsExactly("null");
        }
    }
}
