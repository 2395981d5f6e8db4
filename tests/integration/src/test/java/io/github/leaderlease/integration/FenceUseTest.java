package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.LossReason;
import io.github.leaderlease.NotLeaderException;
import io.github.leaderlease.WorkerFence;
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

/** What a user of {@code Leadership.fence} sees. */
@Execution(ExecutionMode.CONCURRENT)
@ForEachDatabase({Engine.H2, Engine.POSTGRESQL, Engine.MYSQL, Engine.MARIADB})
final class FenceUseTest {

    /** Renewed each 20 s: what a test does to the table is for the fence to find, not for a renewal. */
    private static final Duration TTL = Member.STEADY;

    private final DatabaseUnderTest tested;
    private TestDatabase database;
    private Member node;
    private Connection connection;

    FenceUseTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @BeforeEach
    void lead() throws SQLException {
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        Sql.run(database, "create table work (nr int not null primary key)");
        node = Member.join(database, "a", TTL).leading();
        connection = database.connection();
        connection.setAutoCommit(false);
    }

    @AfterEach
    void leave() throws SQLException {
        if (connection != null) {
            connection.close();
        }
        if (node != null) {
            node.close();
        }
        if (database != null) {
            database.close();
        }
    }

    private Leadership term() {
        return node.election().leadership().orElseThrow();
    }

    private void work() throws SQLException {
        Sql.run(connection, "insert into work values (1)");
    }

    private List<String> done() throws SQLException {
        return Sql.list(database, "select nr from work");
    }

    /** Another node takes over, as the table says. */
    private void succeed() throws SQLException {
        String election = Member.ELECTION;
        long next = term().fencingToken() + 1;
        Sql.run(
                database,
                "update leader_term set ended_at = started_at, end_reason = 'EXPIRED' where election_name = '"
                        + election + "'",
                "insert into leader_term (election_name, token, holder_id, node_name, ttl_ms, started_at) select"
                        + " election_name, " + next + ", 'somebody', 'b', ttl_ms, started_at from leader_term",
                "update leader_lease set token = " + next + ", holder_id = 'somebody', renewal = 0");
    }

    @Test
    void aFencedTransactionCommitsWhileItsWriterLeads() throws SQLException {
        work();
        term().fence(connection);
        connection.commit();
        assertThat(done()).containsExactly("1");
    }

    @Test
    void aWorkerFencesWithWhatItWasHanded() throws SQLException {
        Leadership term = term();
        work();
        WorkerFence.create().fence(connection, term.election(), term.fencingToken(), term.holderId());
        connection.commit();
        assertThat(done()).containsExactly("1");

        NotLeaderException refused = catchThrowableOfType(
                NotLeaderException.class,
                () -> WorkerFence.create().fence(connection, term.election(), term.fencingToken(), "somebody else"));
        assertThat(refused.reason()).contains(LossReason.TERM_MISSING);
    }

    @Test
    void aTermThatHasEndedIsRefusedAndDemotedAtOnce() throws SQLException {
        Leadership term = term();
        succeed();
        work();
        NotLeaderException refused = catchThrowableOfType(NotLeaderException.class, () -> term.fence(connection));
        assertThat(term.isValid()).isFalse();
        assertThat(node.election().isLeader()).isFalse();
        connection.rollback();

        assertThatThrownBy(() -> term.fence(connection))
                .as("the next one knows why, without asking")
                .isInstanceOfSatisfying(
                        NotLeaderException.class,
                        again -> assertThat(again.inDatabase()).isTrue());

        assertThat(refused.inDatabase()).isTrue();
        assertThat(refused.election()).isEqualTo("job");
        assertThat(refused.fencingToken()).isEqualTo(term.fencingToken());
        assertThat(refused.reason()).contains(LossReason.EXPIRED);
        assertThat(refused.endedAt()).isPresent();
        assertThat(refused.successor())
                .hasValueSatisfying(leader -> assertThat(leader.node()).isEqualTo("b"));
        assertThat(refused)
                .hasMessageContainingAll(
                        "'job'", String.valueOf(term.fencingToken()), "EXPIRED", "b leads", "roll back");
        node.events().awaitStory(SOON, "acquired", "lost own SUPERSEDED", "following b");
    }

    @Test
    void aTermWhoseRowIsGoneIsRefusedAndDemotedAtOnce() throws SQLException {
        Leadership term = term();
        Sql.run(database, "delete from leader_term");
        NotLeaderException refused = catchThrowableOfType(NotLeaderException.class, () -> term.fence(connection));
        assertThat(refused.reason()).contains(LossReason.TERM_MISSING);
        assertThat(term.isValid()).isFalse();
        node.events().awaitLine(SOON, "lost own TERM_MISSING", 1);
    }

    @Test
    void atAStricterIsolationTheEndOfTheTermIsExplainedToo() throws SQLException {
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        Leadership term = term();
        work();
        succeed();
        NotLeaderException refused = catchThrowableOfType(NotLeaderException.class, () -> term.fence(connection));
        assertThat(refused.inDatabase()).isTrue();
        assertThat(refused.reason()).contains(LossReason.EXPIRED);
        connection.rollback();
        assertThat(done()).isEmpty();
    }

    @Test
    void aTermThatIsOverLocallyIsRefusedWithoutAskingTheDatabase() throws SQLException {
        Leadership term = term();
        node.leave();
        connection.close();
        NotLeaderException refused = catchThrowableOfType(NotLeaderException.class, () -> term.fence(connection));
        assertThat(refused.inDatabase()).isFalse();
        assertThat(refused.reason()).isEmpty();
    }

    @Test
    void aConnectionInAutocommitOrClosedIsRefused() throws SQLException {
        connection.setAutoCommit(true);
        assertThatThrownBy(() -> term().fence(connection))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("'job'", "autocommit", "setAutoCommit(false)");
        connection.close();
        assertThatThrownBy(() -> term().fence(connection))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThat(node.election().isLeader()).isTrue();
    }

    @Test
    void aReadOnlyTransactionIsRefused() throws SQLException {
        if (database.engine() == Engine.H2) {
            connection.setReadOnly(true);
            assertThat(connection.isReadOnly())
                    .as("H2 has no read-only transactions")
                    .isFalse();
            return;
        }
        connection.rollback();
        connection.setReadOnly(true);
        assertThatThrownBy(() -> term().fence(connection))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("read-only");
        connection.rollback();
        assertThat(node.election().isLeader()).isTrue();
    }

    @Test
    void anotherDatabaseIsRefusedAndDemotesNobody() throws SQLException {
        try (TestDatabase empty = tested.fresh();
                Connection elsewhere = empty.connection()) {
            elsewhere.setAutoCommit(false);
            if (database.engine() == Engine.MYSQL || database.engine() == Engine.MARIADB) {
                term().fence(elsewhere); // what is another database there is on the same server: its term is the
                // right one
                elsewhere.rollback();
                return;
            }
            assertThatThrownBy(() -> term().fence(elsewhere))
                    .isInstanceOf(LeaderLeaseException.class)
                    .hasMessageContainingAll("coordinator's database", "leader_term");
            elsewhere.rollback();
            LeaseMigrations.migrate(empty.dataSource());
            assertThatThrownBy(() -> term().fence(elsewhere))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("another database");
            elsewhere.rollback();
        }
        assertThat(node.election().isLeader()).isTrue();
    }

    @Test
    void givingUpInsideOnesOwnFencedTransactionIsRefused() throws SQLException {
        term().fence(connection);
        assertThatThrownBy(() -> node.election().resign()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> node.election().close()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> node.coordinator().close())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("close()", "'job'", "commit or roll back");
        connection.commit();
        node.election().resign().join();
        assertThat(node.election().isLeader()).isFalse();
        if (database.engine() == Engine.POSTGRESQL) {
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE); // refused inside a transaction
        }
    }
}
