package io.github.leaderlease.migrations;

import static io.github.leaderlease.testdatabases.Engine.H2;
import static io.github.leaderlease.testdatabases.Engine.MARIADB;
import static io.github.leaderlease.testdatabases.Engine.MYSQL;
import static io.github.leaderlease.testdatabases.Engine.POSTGRESQL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Driver;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
@ForEachDatabase({H2, POSTGRESQL, MYSQL, MARIADB})
final class LeaseMigrationsTest {

    private static final List<String> ALL = Scripts.NAMES;

    private final DatabaseUnderTest tested;
    private TestDatabase database;
    private Sql sql;

    LeaseMigrationsTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @BeforeEach
    void open() {
        database = tested.fresh();
        sql = new Sql(database.dataSource());
    }

    @AfterEach
    void close() {
        if (database != null) {
            database.close();
        }
    }

    @Test
    void appliesOnceAndTellsWhatIsPending() throws SQLException {
        LeaseMigrations migrations = LeaseMigrations.on(database.dataSource());
        assertThat(migrations.pending()).isEqualTo(ALL);
        assertThatThrownBy(migrations::check)
                .isInstanceOf(LeaseMigrationException.class)
                .hasMessageContaining("table prefix ''")
                .hasMessageContaining("not applied: V1__leader_lease.sql")
                .hasMessageContaining("LeaseMigrations.migrate");

        assertThat(LeaseMigrations.migrate(database.dataSource())).isEqualTo(ALL);

        assertThat(migrations.pending()).isEmpty();
        assertThatCode(migrations::check).doesNotThrowAnyException();
        assertThat(migrations.migrate()).isEmpty();
        assertThat(sql.count("leader_lease") + sql.count("leader_term") + sql.count("leader_status"))
                .isZero();
    }

    @Test
    void pendingAndCheckChangeNothing() throws SQLException {
        LeaseMigrations migrations = LeaseMigrations.on(database.dataSource());
        assertThat(migrations.pending()).isEqualTo(ALL);
        assertThatThrownBy(migrations::check).isInstanceOf(LeaseMigrationException.class);
        String ours = "select table_name from information_schema.tables where lower(table_name) like 'leader%'"
                + (tested.engine() == MYSQL || tested.engine() == MARIADB ? " and table_schema = database()" : "");
        assertThat(sql.rows(ours)).isEmpty();
    }

    @Test
    void prefixesStandSideBySide() throws SQLException {
        LeaseMigrations.migrate(database.dataSource());
        LeaseMigrations prefixed = LeaseMigrations.on(database.dataSource()).tablePrefix("App_1_");
        assertThat(prefixed.migrate()).isEqualTo(ALL);
        prefixed.check();
        assertThat(sql.count("App_1_leader_lease")).isZero();
        assertThat(sql.count("App_1_leader_term")).isZero();
        assertThat(sql.count("App_1_leader_status")).isZero();
        assertThat(prefixed.migrate()).isEmpty();
    }

    @Test
    void theLongestPrefixFits() throws SQLException {
        String prefix = "p".repeat(31);
        assertThat(LeaseMigrations.on(database.dataSource()).tablePrefix(prefix).migrate())
                .isEqualTo(ALL);
        assertThat(sql.count(prefix + "leader_term")).isZero();
    }

    @Test
    void createsTheChosenSchemaFoldedAsTheDatabaseDoes() throws SQLException {
        String schema = "Lease_" + database.name();
        LeaseMigrations chosen = LeaseMigrations.on(database.dataSource()).schema(schema);
        try {
            assertThat(chosen.migrate()).isEqualTo(ALL);
            assertThat(sql.count(schema + ".leader_lease")).isZero();
            chosen.check();
            assertThat(LeaseMigrations.on(database.dataSource()).pending())
                    .as("the current schema is untouched")
                    .isEqualTo(ALL);
        } finally {
            sql.run("drop schema " + schema
                    + (tested.engine() == MYSQL || tested.engine() == MARIADB ? "" : " cascade"));
        }
    }

    @Test
    void appliesAllBesideTheApplicationsTables() throws SQLException {
        sql.run("create table flyway_schema_history (id int)", "create table orders (id int)");
        assertThat(LeaseMigrations.migrate(database.dataSource())).isEqualTo(ALL);
        assertThat(sql.count("leader_lease")).isZero();
        assertThat(LeaseMigrations.migrate(database.dataSource())).isEmpty();
    }

    @Test
    void refusesTablesThatWereCreatedInAnotherWay() throws Exception {
        StringBuilder printed = new StringBuilder();
        LeaseMigrations.writeSql(printed, Sql.engine(tested), "by_hand_");
        sql.script(printed.toString());
        assertThat(sql.count("by_hand_leader_status")).isZero();
        LeaseMigrations migrations = LeaseMigrations.on(database.dataSource()).tablePrefix("by_hand_");
        for (Runnable call : new Runnable[] {migrations::migrate, migrations::pending, migrations::check}) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(LeaseMigrationException.class)
                    .hasMessageContaining("by_hand_leader_lease exists")
                    .hasMessageContaining("by_hand_leader_lease_history")
                    .hasMessageContaining("docs/migrations.md");
        }
    }

    @Test
    void explainsAMigrationThatStoppedHalfWay() throws SQLException {
        sql.run("create table leader_term (id int)");
        LeaseMigrations migrations = LeaseMigrations.on(database.dataSource());
        assertThatThrownBy(migrations::migrate)
                .isInstanceOf(LeaseMigrationException.class)
                .hasMessageContaining(Sql.engine(tested).product())
                .satisfies(e -> assertThat(e.getMessage().toLowerCase(Locale.ROOT))
                        .contains("leader_term")
                        .contains("exists"));
        if (tested.engine() != POSTGRESQL) {
            followTheAdviceOf(migrations);
        }
        sql.run("drop table if exists leader_term");
        assertThat(migrations.migrate()).isEqualTo(ALL);
        migrations.check();
    }

    private void followTheAdviceOf(LeaseMigrations migrations) throws SQLException {
        String advice = messageOf(migrations::migrate);
        assertThat(messageOf(migrations::check)).contains("cannot roll back DDL");
        String drops = advice.replaceAll("(?s).*drop what is there \\((.*?)\\).*", "$1");
        String forget = advice.replaceAll("(?s).*forget the failure \\((.*?)\\).*", "$1");
        assertThat(drops).startsWith("drop view").doesNotContain("\n");
        assertThat(forget).startsWith("delete from").doesNotContain("\n");
        sql.run(drops.split("; "));
        sql.run(forget);
    }

    private static String messageOf(Runnable call) {
        try {
            call.run();
        } catch (LeaseMigrationException e) {
            return e.getMessage();
        }
        throw new AssertionError("should have failed");
    }

    @Test
    void refusesTheTablesOfAnOlderDevelopmentStateInOneLine() throws SQLException {
        LeaseMigrations migrations = LeaseMigrations.on(database.dataSource()).tablePrefix("a_");
        migrations.migrate();
        String quote = tested.engine() == MYSQL || tested.engine() == MARIADB ? "`" : "\"";
        sql.run("update " + "a_leader_lease_history".replaceAll("(.+)", quote + "$1" + quote) + " set " + quote
                + "checksum" + quote + " = 1 where " + quote + "version" + quote + " = '1'");
        assertRefusedAsOlder(migrations, "V1 was applied with the checksum 1, ours is ");
        followTheRemedyOf(migrations);
        assertThat(migrations.migrate()).isEqualTo(ALL);
    }

    @Test
    void refusesTablesMadeByHandFromAnOlderDevelopmentState() throws SQLException {
        LeaseMigrations migrations = LeaseMigrations.on(database.dataSource()).tablePrefix("a_");
        migrations.migrate();
        sql.run("drop table a_leader_installation");
        assertRefusedAsOlder(migrations, "there is no ");
    }

    private static void assertRefusedAsOlder(LeaseMigrations migrations, String evidence) {
        for (Runnable call : new Runnable[] {migrations::check, migrations::migrate}) {
            assertThat(messageOf(call))
                    .contains(
                            "made by an older development state of leader-lease",
                            evidence,
                            "Remedy: stop all candidates")
                    .doesNotContain("\n");
        }
    }

    private void followTheRemedyOf(LeaseMigrations migrations) throws SQLException {
        sql.run(messageOf(migrations::migrate)
                .replaceAll("(?s).*drop them \\((.*?)\\) and migrate.*", "$1")
                .split("; "));
    }

    @Test
    void everySetHasAnIdOfItsOwn() throws SQLException {
        LeaseMigrations.migrate(database.dataSource());
        LeaseMigrations.on(database.dataSource()).tablePrefix("b_").migrate();
        String id = "select installation_id as id from ";
        assertThat(sql.rows(id + "leader_installation union select installation_id from b_leader_installation"))
                .extracting(row -> row.get("id"))
                .hasSize(2)
                .allSatisfy(found -> assertThat(found).asString().matches("[0-9a-f-]{36}"));
        assertThatThrownBy(() -> sql.run("insert into leader_installation (installation_id, created_at)"
                        + " values ('second', current_timestamp)"))
                .isInstanceOf(SQLException.class);
    }

    @Test
    void worksWithEveryDriverOfTheProduct() {
        for (Driver driver : tested.engine().drivers()) {
            DataSource source = database.dataSource(database.urlFor(driver));
            LeaseMigrations migrations =
                    LeaseMigrations.on(source).tablePrefix(driver.name().toLowerCase(Locale.ROOT) + "_");
            assertThat(migrations.migrate()).as("%s", driver).isEqualTo(ALL);
            migrations.check();
        }
    }
}
