package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mysql.cj.jdbc.MysqlXADataSource;
import io.github.leaderlease.FencedTransactions;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.NotLeaderException;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.xa.PGXADataSource;

/** A transaction of the application that is open on the caller's thread is never ours to commit, roll back or break. */
@ParameterizedClass
@EnumSource(
        value = DatabaseUnderTest.class,
        names = {"POSTGRESQL", "MYSQL", "MARIADB"})
final class SurroundingTransactionTest {

    private final DatabaseUnderTest tested;
    private TestDatabase database;
    private Member node;
    private Surrounding outer;
    private boolean open;

    SurroundingTransactionTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @BeforeEach
    void lead() throws SQLException {
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        Sql.run(database, "create table work (nr int not null primary key)");
        node = Member.join(database, "a", Duration.ofMinutes(1)).leading();
    }

    @AfterEach
    void leave() throws Exception {
        if (outer != null) {
            if (open) {
                outer.rollback();
            }
            outer.close();
        }
        if (node != null) {
            node.close();
        }
        if (database != null) {
            database.close();
        }
    }

    private void use(Surrounding.Manager manager) {
        Class<? extends XADataSource> xa = switch (database.engine()) {
            case POSTGRESQL -> PGXADataSource.class;
            case MYSQL -> MysqlXADataSource.class;
            case MARIADB -> MariaDbDataSource.class;
            case H2 -> JdbcDataSource.class;
        };
        outer = manager.on(database, xa);
    }

    private void begin() throws Exception {
        outer.begin();
        open = true;
    }

    private void commit() throws Exception {
        open = false;
        outer.commit();
    }

    private void rollback() throws Exception {
        open = false;
        outer.rollback();
    }

    private FencedTransactions fenced() {
        return node.coordinator().fencedTransactions().dataSource(outer.dataSource());
    }

    private Leadership term() {
        return node.election().leadership().orElseThrow();
    }

    private List<String> done() throws SQLException {
        return Sql.list(database, "select nr from work order by nr");
    }

    private void insert(int nr) throws SQLException {
        try (Connection connection = outer.dataSource().getConnection()) {
            Sql.run(connection, "insert into work values (" + nr + ")");
        }
    }

    private void assertRefused() {
        AtomicBoolean ran = new AtomicBoolean();
        Leadership term = term();
        assertThatThrownBy(() -> fenced().run(term, connection -> {
                    ran.set(true);
                    Sql.run(connection, "insert into work values (7)");
                    return null;
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(
                        "'job'", "transaction that is open on this thread", "leadership.fence(connection)");
        assertThat(ran).as("the work ran").isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void itIsRefusedBeforeTheWorkAndGoesOnUnharmed(Surrounding.Manager manager) throws Exception {
        use(manager);
        begin();
        insert(1);
        assertRefused();
        insert(2);
        commit();
        assertThat(done()).containsExactly("1", "2");
    }

    @ParameterizedTest
    @EnumSource
    void alsoBeforeItsFirstStatement(Surrounding.Manager manager) throws Exception {
        use(manager);
        begin();
        assertRefused();
        insert(1);
        rollback();
        assertThat(done()).isEmpty();
        insert(2);
        assertThat(done())
                .as("as outside of any transaction")
                .isEqualTo(committedByItself(manager) ? List.of("2") : List.of());
    }

    private static boolean committedByItself(Surrounding.Manager manager) {
        return manager != Surrounding.Manager.SPRING_ON_A_POOL_WITHOUT_AUTOCOMMIT;
    }

    @ParameterizedTest
    @EnumSource
    void outsideOfOneTheSameDataSourceIsUsable(Surrounding.Manager manager) throws Exception {
        use(manager);
        for (int nr = 1; nr <= 3; nr++) {
            String insert = "insert into work values (" + nr + ")";
            fenced().run(term(), connection -> {
                Sql.run(connection, insert);
                return null;
            });
        }
        assertThat(done()).containsExactly("1", "2", "3");
        assertThatThrownBy(() -> fenced().run(term(), connection -> {
                    Sql.run(connection, "insert into work values (4)");
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(done()).hasSize(3);
        begin();
        insert(5);
        commit();
        assertThat(done()).as("what comes after is a transaction as before").containsExactly("1", "2", "3", "5");
    }

    /** What the refusal recommends. */
    @ParameterizedTest
    @EnumSource
    void theFenceAloneIsGoodInsideOne(Surrounding.Manager manager) throws Exception {
        use(manager);
        Leadership term = term();
        begin();
        insert(1);
        try (Connection connection = outer.dataSource().getConnection()) {
            term.fence(connection);
        }
        commit();
        assertThat(done()).containsExactly("1");
        begin();
        insert(2);
        Sql.run(database, "update leader_term set ended_at = started_at, end_reason = 'EXPIRED'");
        try (Connection connection = outer.dataSource().getConnection()) {
            assertThatThrownBy(() -> term.fence(connection)).isInstanceOf(NotLeaderException.class);
        }
        rollback();
        assertThat(done()).containsExactly("1");
    }
}
