package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.util.Map;
import javax.sql.DataSource;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Databases that cannot be used as they are: build() names what was found and what to do, and changes nothing. */
final class RefusedDatabaseTest {

    private TestDatabase database;

    @AfterEach
    void drop() {
        if (database != null) {
            database.close();
        }
    }

    private TestDatabase migrated(DatabaseUnderTest tested) {
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        return database;
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refused() {
        return refused(database.user(), database.password());
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refused(String user, String password) {
        return assertThatThrownBy(() ->
                        LeaseCoordinator.builder(database.url(), user, password).build())
                .isInstanceOf(LeaderLeaseException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MYSQL", "MARIADB", "H2_MEMORY"})
    void missingTablesAreNamedWithTheMigration(DatabaseUnderTest tested) {
        database = tested.fresh();
        refused()
                .hasMessageContainingAll(
                        "cannot read leader_lease",
                        "apply the migrations in leader-lease/migration/" + folder(tested),
                        "LeaseMigrations.migrate(dataSource)",
                        "--migrate");
        assertThat(LeaseMigrations.migrate(database.dataSource()))
                .as("the refusal created nothing")
                .isNotEmpty();
    }

    @Test
    void theChosenSchemaAndPrefixAreNamedToo() {
        migrated(DatabaseUnderTest.POSTGRESQL);
        assertThatThrownBy(() -> LeaseCoordinator.builder(database.dataSource())
                        .schema("elsewhere")
                        .tablePrefix("app_")
                        .build())
                .isInstanceOf(LeaderLeaseException.class)
                .hasMessageContainingAll("elsewhere.app_leader_lease", "schema 'elsewhere'", "table prefix 'app_'");
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MYSQL", "MARIADB", "H2_MEMORY"})
    void aMissingColumnIsNamedWithTheMigration(DatabaseUnderTest tested) throws Exception {
        migrated(tested);
        Sql.run(database, "drop view leader_status", "alter table leader_term drop column metadata");
        refused()
                .message()
                .containsIgnoringCase("cannot select from ")
                .contains("leader_term is not as the migrations make it")
                .containsIgnoringCase("metadata")
                .contains("apply the migrations in leader-lease/migration/" + folder(tested));
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MYSQL", "MARIADB", "H2_MEMORY"})
    void theMissingIndexThatCarriesSafetyIsNamedWithTheMigration(DatabaseUnderTest tested) throws Exception {
        migrated(tested);
        boolean ofTable = tested.engine() == Engine.MYSQL || tested.engine() == Engine.MARIADB;
        Sql.run(database, "drop index leader_term_open" + (ofTable ? " on leader_term" : ""));
        refused()
                .hasMessageContainingAll(
                        "leader_term lacks the unique index leader_term_open (one open term per election)",
                        "apply the migrations in leader-lease/migration/" + folder(tested));
    }

    @Test
    void anIndexOfThatNameThatIsNotUniqueDoesNotCount() throws Exception {
        migrated(DatabaseUnderTest.POSTGRESQL);
        Sql.run(
                database,
                "drop index leader_term_open",
                "create index leader_term_open on leader_term (election_name) where ended_at is null");
        refused().hasMessageContaining("lacks the unique index leader_term_open");
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MYSQL", "MARIADB", "H2_SERVER"})
    void aWrongPasswordIsTold(DatabaseUnderTest tested) {
        migrated(tested);
        refused(database.user(), "not-the-password")
                .hasMessageContaining("the database refuses these credentials")
                .message()
                .doesNotContain("not-the-password");
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MYSQL", "MARIADB"})
    void aMissingRightIsNamedWithTheGrant(DatabaseUnderTest tested) throws Exception {
        migrated(tested);
        String user = Grants.user(database, "reader");
        Sql.run(database, "grant select on leader_lease to " + user, "grant select on leader_term to " + user);
        try {
            refused(user, Grants.PASSWORD)
                    .hasMessageContainingAll(
                            "this database user lacks update on ",
                            "insert on ",
                            "leader_lease",
                            "select on ",
                            "leader_installation (",
                            "denied",
                            "leader-lease/grants/" + folder(tested) + "/candidate.sql")
                    .message()
                    .doesNotContainPattern("select on [^,(]*leader_(lease|term)");
        } finally {
            Grants.drop(database, user);
        }
    }

    @Test
    void aServerThatAcceptsNoWritesIsToldWithTheRemedy() throws Exception {
        migrated(DatabaseUnderTest.POSTGRESQL);
        Sql.run(database, "alter database " + database.name() + " set default_transaction_read_only = on");
        refused()
                .hasMessageContainingAll(
                        "cannot update ",
                        "leader_lease",
                        "read-only transaction",
                        "this server accepts no writes: connect to the primary");
    }

    @Test
    void aDatabaseThatNobodyKnowsIsNamedWithWhatToAdd() {
        DatabaseMetaData meta = stub(
                DatabaseMetaData.class,
                Map.of("getDatabaseProductName", "Oracle", "getDatabaseProductVersion", "23ai", "getURL", "jdbc:x"));
        Connection connection = stub(
                Connection.class,
                Map.of("getMetaData", meta, "isClosed", false, "getAutoCommit", true, "getNetworkTimeout", 0));
        DataSource oracle = stub(DataSource.class, Map.of("getConnection", connection, "getLoginTimeout", 0));
        assertThatThrownBy(() -> LeaseCoordinator.builder(oracle).build())
                .isInstanceOf(LeaderLeaseException.class)
                .hasMessageContainingAll(
                        "no dialect for database 'Oracle' 23ai",
                        "h2",
                        "mysql",
                        "postgresql",
                        "leader-lease-postgresql, leader-lease-mysql (also for MariaDB) or leader-lease-h2");
    }

    private static <T> T stub(Class<T> type, Map<String, Object> answers) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getReturnType() == void.class) {
                return null;
            }
            if (answers.containsKey(method.getName())) {
                return answers.get(method.getName());
            }
            throw new UnsupportedOperationException(method.toString());
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static String folder(DatabaseUnderTest tested) {
        return switch (tested.engine()) {
            case POSTGRESQL -> "postgresql";
            case MYSQL, MARIADB -> "mysql";
            case H2 -> "h2";
        };
    }
}
