package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.leaderlease.FencedTransactions;
import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.NotLeaderException;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code Leadership.inTransaction} on a pool with a single connection, so that whatever it leaves behind is seen. */
@Execution(ExecutionMode.CONCURRENT)
@ForEachDatabase({Engine.H2, Engine.POSTGRESQL, Engine.MYSQL, Engine.MARIADB})
final class FencedTransactionsTest {

    private final DatabaseUnderTest tested;
    private TestDatabase database;
    private Member node;
    private HikariDataSource pool;
    private FencedTransactions fenced;

    FencedTransactionsTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @BeforeEach
    void lead() throws SQLException {
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        Sql.run(database, "create table work (nr int not null primary key)");
        node = Member.join(database, "a", Member.STEADY).leading();
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setMaximumPoolSize(1);
        pool = new HikariDataSource(config);
        fenced = node.coordinator().fencedTransactions().dataSource(pool);
    }

    @AfterEach
    void leave() {
        if (node != null) {
            node.close();
        }
        if (pool != null) {
            pool.close();
        }
        if (database != null) {
            database.close();
        }
    }

    private Leadership term() {
        return node.election().leadership().orElseThrow();
    }

    private List<String> done() throws SQLException {
        return Sql.list(database, "select nr from work order by nr");
    }

    /** What the next borrower of the pool's only connection finds. */
    private List<String> settings() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            String own = switch (database.engine()) {
                case POSTGRESQL ->
                    "select current_setting('idle_in_transaction_session_timeout') || '/'"
                            + " || coalesce(current_setting('leader_lease.fence', true), '')";
                case MYSQL -> "select @@session.wait_timeout";
                case MARIADB -> "select @@session.idle_transaction_timeout";
                case H2 -> "select lock_timeout()";
            };
            return List.of(
                    String.valueOf(connection.getAutoCommit()),
                    String.valueOf(connection.getTransactionIsolation()),
                    Sql.list(connection, own).get(0));
        }
    }

    @Test
    void itCommitsAndGivesTheConnectionBackAsItWas() throws SQLException {
        List<String> before = settings();
        int answer = fenced.isolation(Connection.TRANSACTION_SERIALIZABLE).run(term(), connection -> {
            assertThat(connection.getAutoCommit()).isFalse();
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
            Sql.run(connection, "insert into work values (1)");
            return 42;
        });
        assertThat(answer).isEqualTo(42);
        assertThat(done()).containsExactly("1");
        assertThat(settings()).isEqualTo(before);
    }

    @Test
    void onAConnectionOfTheCoordinatorsOwn() throws SQLException {
        term().inTransaction(connection -> {
            Sql.run(connection, "insert into work values (1)");
            return null;
        });
        assertThat(done()).containsExactly("1");
    }

    @Test
    void whatTheWorkThrowsRollsBack() throws SQLException {
        List<String> before = settings();
        assertThatThrownBy(() -> fenced.<Void, IOException>run(term(), connection -> {
                    try {
                        Sql.run(connection, "insert into work values (1)");
                    } catch (SQLException e) {
                        throw new IOException(e);
                    }
                    throw new IOException("no");
                }))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("no");
        assertThat(done()).isEmpty();
        assertThat(settings()).isEqualTo(before);
    }

    @Test
    void aTermThatEndsDuringTheWorkRollsBack() throws SQLException {
        List<String> before = settings();
        assertThatThrownBy(() -> fenced.run(term(), connection -> {
                    Sql.run(connection, "insert into work values (1)");
                    Sql.run(database, "update leader_term set ended_at = started_at, end_reason = 'EXPIRED'");
                    return null;
                }))
                .isInstanceOf(NotLeaderException.class);
        assertThat(done()).isEmpty();
        assertThat(settings()).isEqualTo(before);
        assertThat(node.election().isLeader()).isFalse();
    }

    /** As docs/fencing.md says: the handle may be closed, the transaction is still ours to commit. */
    @Test
    void theWorkMayUseAJdbiHandle() throws SQLException {
        fenced.run(term(), connection -> {
            try (Handle handle = Jdbi.open(connection)) {
                return handle.execute("insert into work values (?)", 1);
            }
        });
        assertThat(done()).containsExactly("1");
        Leadership term = term();
        assertThatThrownBy(() -> fenced.run(term, connection -> {
                    try (Handle handle = Jdbi.open(connection)) {
                        handle.execute("insert into work values (?)", 2);
                    }
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(done()).as("closing the handle committed nothing").containsExactly("1");
    }

    @Test
    void aSavepointOfTheWorkDoesNoHarm() throws SQLException {
        fenced.run(term(), connection -> {
            Sql.run(connection, "insert into work values (1)");
            var savepoint = connection.setSavepoint();
            Sql.run(connection, "insert into work values (2)");
            connection.rollback(savepoint);
            return null;
        });
        assertThat(done()).containsExactly("1");
    }

    @Test
    void onlyWhatIsSaidToBeRepeatableIsRepeated() throws SQLException {
        AtomicInteger runs = new AtomicInteger();
        var once = fenced;
        assertThatThrownBy(() -> once.run(term(), connection -> {
                    runs.incrementAndGet();
                    throw conflict();
                }))
                .isInstanceOf(SQLTransactionRollbackException.class);
        assertThat(runs).hasValue(1);
        String result = fenced.maxAttempts(3).run(term(), connection -> {
            Sql.run(connection, "insert into work values (1)");
            if (runs.incrementAndGet() < 4) {
                throw conflict();
            }
            return "done";
        });
        assertThat(result).isEqualTo("done");
        assertThat(runs).hasValue(4);
        assertThat(done()).containsExactly("1");
        assertThatThrownBy(() -> fenced.maxAttempts(2).run(term(), connection -> {
                    runs.incrementAndGet();
                    throw conflict();
                }))
                .isInstanceOf(SQLTransactionRollbackException.class);
        assertThat(runs).hasValue(6);
    }

    private SQLTransactionRollbackException conflict() {
        return database.engine() == Engine.MYSQL || database.engine() == Engine.MARIADB
                ? new SQLTransactionRollbackException("deadlock", "40001", 1213)
                : new SQLTransactionRollbackException("conflict", "40001", 40001);
    }

    @Test
    void givingUpInsideIsRefused() throws SQLException {
        Leadership term = term();
        fenced.run(term, connection -> {
            assertThatThrownBy(() -> node.election().resign()).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> node.coordinator().close()).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> fenced.run(term, again -> null))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("already inside");
            Sql.run(connection, "insert into work values (1)");
            return null;
        });
        assertThat(done()).containsExactly("1");
        node.election().resign().join();
        assertThat(node.election().isLeader()).isFalse();
    }

    @Test
    void aTermOfAnotherCoordinatorIsRefusedAndNotDemoted() throws SQLException {
        try (TestDatabase other = tested.fresh()) {
            LeaseMigrations.migrate(other.dataSource());
            try (Member elsewhere = Member.join(other, "a", Member.STEADY).leading()) {
                Leadership term = elsewhere.election().leadership().orElseThrow();
                assertThatThrownBy(() -> fenced.run(term, connection -> null))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("was not won through this coordinator");
                assertThat(term.isValid()).isTrue();
            }
        }
    }

    @Test
    void aCommitThatTheDatabaseRefusesIsNotCalledUnknown() throws SQLException {
        if (database.engine() != Engine.POSTGRESQL) {
            assertThat(database.engine()).as("has no deferred constraints").isNotEqualTo(Engine.POSTGRESQL);
            return;
        }
        Sql.run(database, "create table late (nr int unique deferrable initially deferred)");
        assertThatThrownBy(() -> fenced.run(term(), connection -> {
                    Sql.run(connection, "insert into late values (1)", "insert into late values (1)");
                    return null;
                }))
                .isInstanceOf(LeaderLeaseException.class)
                .hasMessageContainingAll("'job'", "nothing was committed");
        assertThat(Sql.list(database, "select nr from late")).isEmpty();
    }

    @Test
    void anIsolationLevelThatIsNoneIsRefused() {
        assertThatThrownBy(() -> fenced.isolation(99))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("99");
    }
}
