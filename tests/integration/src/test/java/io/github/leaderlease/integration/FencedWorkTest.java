package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.FencedTransactions;
import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.NotLeaderException;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the work of {@code Leadership.inTransaction} must not do, and where. */
@ForEachDatabase({Engine.H2, Engine.POSTGRESQL, Engine.MYSQL, Engine.MARIADB})
@Execution(ExecutionMode.CONCURRENT)
final class FencedWorkTest {

    private final DatabaseUnderTest tested;
    private TestDatabase database;
    private Member node;
    private FencedTransactions fenced;

    FencedWorkTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @BeforeEach
    void lead() throws SQLException {
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        Sql.run(database, "create table work (nr int not null primary key)");
        node = Member.join(database, "a", Duration.ofMinutes(1)).leading();
        fenced = node.coordinator().fencedTransactions().dataSource(database.dataSource());
    }

    @AfterEach
    void leave() {
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

    private List<String> done() throws SQLException {
        return Sql.list(database, "select nr from work order by nr");
    }

    @Test
    void theWorkMustNotEndTheTransaction() throws SQLException {
        assertThatThrownBy(() -> fenced.run(term(), connection -> {
                    Sql.run(connection, "insert into work values (1)");
                    connection.commit();
                    return null;
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("commit");
        assertThatThrownBy(() -> fenced.run(term(), connection -> {
                    connection.setAutoCommit(true);
                    return null;
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(done()).isEmpty();
        fenced.run(term(), connection -> {
            connection.close();
            Sql.run(connection, "insert into work values (2)");
            return null;
        });
        assertThat(done()).as("close is left to us").containsExactly("2");
    }

    /** Each with what it leaves behind, which is why nobody should do that: docs/fencing.md. */
    @ParameterizedTest
    @ValueSource(strings = {"create table by_the_way (nr int)", "commit"})
    void aStatementThatEndsTheTransactionIsNoticedWhereItCanBeSeen(String ending) throws SQLException {
        Leadership.Work<Void, SQLException> work = connection -> {
            Sql.run(connection, "insert into work values (1)", ending, "insert into work values (2)");
            return null;
        };
        switch (database.engine()) {
            case MYSQL, MARIADB -> {
                assertThatThrownBy(() -> fenced.run(term(), work))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContainingAll("'job'", "has ended the transaction", "without the fence");
                assertThat(done()).as("committed without the fence").containsExactly("1");
                fenced.run(term(), connection -> {
                    Sql.run(connection, "insert into work values (3)");
                    return null;
                });
                assertThat(done()).containsExactly("1", "3");
            }
            case H2, POSTGRESQL -> {
                fenced.run(term(), work);
                assertThat(done()).as("control: nothing shows it").containsExactly("1", "2");
            }
        }
    }

    /** MySQL and MariaDB name the database in each statement: another one of the same server is fenced as well. */
    @Test
    void anotherDatabaseIsRefusedBeforeTheWorkOrFenced() throws SQLException {
        try (TestDatabase other = tested.fresh()) {
            FencedTransactions elsewhere =
                    node.coordinator().fencedTransactions().dataSource(other.dataSource());
            switch (database.engine()) {
                case MYSQL, MARIADB -> assertFenced(other, elsewhere);
                case H2, POSTGRESQL -> assertRefused(other, elsewhere);
            }
        }
    }

    private void assertRefused(TestDatabase other, FencedTransactions elsewhere) {
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> elsewhere.run(term(), connection -> runs.incrementAndGet()))
                .as("a database without our tables")
                .isInstanceOf(LeaderLeaseException.class)
                .hasMessageContainingAll("'job'", "is this the coordinator's database and schema?");
        LeaseMigrations.migrate(other.dataSource());
        assertThatThrownBy(() -> elsewhere.run(term(), connection -> runs.incrementAndGet()))
                .as("a database of other coordinators")
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("'job'", "another database or schema");
        assertThat(runs).hasValue(0);
        assertThat(term().isValid()).as("the term is not to blame").isTrue();
    }

    private void assertFenced(TestDatabase other, FencedTransactions elsewhere) throws SQLException {
        LeaseMigrations.migrate(other.dataSource());
        Sql.run(other, "create table effects (nr int not null primary key)");
        Leadership.Work<Void, SQLException> work = connection -> {
            Sql.run(connection, "insert into effects select 1 + count(*) from effects");
            return null;
        };
        Leadership term = term();
        elsewhere.run(term, work);
        Sql.run(database, "update leader_term set ended_at = started_at, end_reason = 'CLOSED'");
        assertThatThrownBy(() -> elsewhere.run(term, work)).isInstanceOf(NotLeaderException.class);
        assertThat(Sql.list(other, "select nr from effects")).containsExactly("1");
    }
}
