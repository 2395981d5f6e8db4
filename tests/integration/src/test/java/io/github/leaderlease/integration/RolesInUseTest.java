package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.NotLeaderException;
import io.github.leaderlease.WorkerFence;
import io.github.leaderlease.jdbc.Installation;
import io.github.leaderlease.jdbc.TableSearch;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.TableNames;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What each role is for, done with what we ship, with the rights of the scripts that we ship and no others. */
@ForEachDatabase({Engine.POSTGRESQL, Engine.MYSQL, Engine.MARIADB})
@Execution(ExecutionMode.CONCURRENT)
final class RolesInUseTest {

    private final DatabaseUnderTest tested;
    private TestDatabase database;
    private final List<String> users = new ArrayList<>();

    RolesInUseTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @BeforeEach
    void migrate() throws SQLException {
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        Sql.run(database, "create table work (nr int not null primary key)");
    }

    @AfterEach
    void drop() throws SQLException {
        for (String user : users) {
            Grants.drop(database, user);
        }
        if (database != null) {
            database.close();
        }
    }

    private String user(String script, String... more) throws Exception {
        String user = Grants.user(database, script);
        users.add(user);
        Grants.run(database, script, user);
        for (String grant : more) {
            Sql.run(database, grant + " to " + user);
        }
        return user;
    }

    private LeaseCoordinator coordinator(String user) {
        return LeaseCoordinator.builder(database.url(), user, Grants.PASSWORD)
                .nodeName(user)
                .ttl(Member.STEADY)
                .heartbeat(Member.STEADY.dividedBy(40))
                .closeOnShutdown(false)
                .build();
    }

    private Connection connect(String user) throws SQLException {
        return DriverManager.getConnection(database.url(), user, Grants.PASSWORD);
    }

    @Test
    void aCandidateLeadsRenewsFencesAndResigns() throws Exception {
        String candidate = user("candidate", "grant insert on work");
        try (Member node = Member.join(coordinator(candidate), election -> election)) {
            Leadership term = node.lead(SOON);
            Sql.awaitRenewals(database, 2);
            node.coordinator()
                    .fencedTransactions()
                    .dataSource(database.dataSource(database.url()))
                    .run(term, connection -> {
                        Sql.run(connection, "insert into work values (1)");
                        return null;
                    });
            try (Connection connection = connect(candidate)) {
                connection.setAutoCommit(false);
                Sql.run(connection, "insert into work values (2)");
                term.fence(connection);
                connection.commit();
            }
            node.election().resign().join();
            assertThat(Sql.one(database, "select end_reason from leader_term")).isEqualTo("RESIGNED");
            assertThat(Sql.list(database, "select nr from work order by nr")).containsExactly("1", "2");
        }
    }

    @Test
    void aWorkerOnlyFences() throws Exception {
        String worker = user("fence", "grant insert on work");
        try (Member node = Member.join(database, "a").leading();
                Connection connection = connect(worker)) {
            String holder = Sql.one(database, "select holder_id from leader_lease");
            connection.setAutoCommit(false);
            Sql.run(connection, "insert into work values (1)");
            WorkerFence.create().fence(connection, Member.ELECTION, node.token(), holder);
            connection.commit();
            assertThatThrownBy(() -> WorkerFence.create().fence(connection, Member.ELECTION, node.token() + 1, holder))
                    .isInstanceOf(NotLeaderException.class);
            connection.rollback();
            assertThat(Sql.list(database, "select nr from work")).containsExactly("1");
        }
        assertThatThrownBy(() -> coordinator(worker).close())
                .isInstanceOf(LeaderLeaseException.class)
                .hasMessageContainingAll("this database user lacks", "candidate.sql");
    }

    @Test
    void anObserverSeesWhoLeadsAndWhere() throws Exception {
        String observer = user("observer");
        try (Member node = Member.join(database, "a").leading();
                Connection connection = connect(observer)) {
            Dialect dialect = FenceDialects.of(connection);
            TableNames tables = TableSearch.locate(connection, dialect, TableNames.PLAIN);
            assertThat(Installation.read(connection, dialect, tables).id())
                    .isEqualTo(Sql.one(database, "select installation_id from leader_installation"));
            assertThat(Sql.list(connection, "select leader from " + tables.status()))
                    .containsExactly(node.coordinator().nodeName());
        }
        assertThatThrownBy(() -> coordinator(observer).close())
                .isInstanceOf(LeaderLeaseException.class)
                .hasMessageContainingAll("this database user lacks", "candidate.sql");
    }
}
