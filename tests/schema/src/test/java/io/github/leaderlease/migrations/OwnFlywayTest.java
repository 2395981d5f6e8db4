package io.github.leaderlease.migrations;

import static io.github.leaderlease.testdatabases.Engine.H2;
import static io.github.leaderlease.testdatabases.Engine.MARIADB;
import static io.github.leaderlease.testdatabases.Engine.MYSQL;
import static io.github.leaderlease.testdatabases.Engine.POSTGRESQL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Flyway of a user, configured with the very settings that docs/migrations.md prints. */
@ForEachDatabase({H2, POSTGRESQL, MYSQL, MARIADB})
final class OwnFlywayTest {

    private final DatabaseUnderTest tested;
    private TestDatabase database;
    private Sql sql;
    private Properties settings;

    OwnFlywayTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @BeforeEach
    void open() throws Exception {
        settings = documented();
        String folder = Sql.engine(tested).location();
        settings.setProperty("flyway.locations", folder);
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
    void appliesToAnEmptySchema() throws SQLException {
        assertThat(flyway().migrate().migrationsExecuted).isEqualTo(Scripts.NAMES.size());
        assertUsable("");
    }

    @Test
    void appliesBesideTheTablesAndTheFlywayOfTheApplication() throws SQLException {
        sql.run("create table orders (id int)");
        Flyway.configure()
                .dataSource(database.dataSource())
                .baselineOnMigrate(true)
                .locations("classpath:application-migrations")
                .load()
                .migrate();
        assertThat(flyway().migrate().migrationsExecuted).isEqualTo(Scripts.NAMES.size());
        assertUsable("");
    }

    @Test
    void takesAPrefix() throws SQLException {
        settings.setProperty("flyway.placeholders.prefix", "app_");
        settings.setProperty("flyway.table", "app_leader_lease_history");
        assertThat(flyway().migrate().migrationsExecuted).isEqualTo(Scripts.NAMES.size());
        assertUsable("app_");
    }

    @Test
    void withoutABaselineVersionV1IsSkippedWhichOurCheckFindsOut() throws SQLException {
        sql.run("create table orders (id int)");
        settings.remove("flyway.baselineVersion");
        flyway().migrate();
        assertThatThrownBy(() -> sql.count("leader_lease")).isInstanceOf(SQLException.class);
        LeaseMigrations migrations = LeaseMigrations.on(database.dataSource());
        for (Runnable call : new Runnable[] {migrations::check, migrations::migrate}) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(LeaseMigrationException.class)
                    .hasMessageContaining("skipped by a baseline, but there are no tables")
                    .hasMessageContaining("baselineVersion=0");
        }
    }

    @Test
    void aNodeThatKnowsLessThanTheSchemaStarts() throws SQLException {
        settings.setProperty(
                "flyway.locations", settings.getProperty("flyway.locations") + ",classpath:newer-migrations");
        assertThat(flyway().migrate().migrationsExecuted).isEqualTo(Scripts.NAMES.size() + 1);
        assertThat(sql.count("leader_newer")).isZero();
        assertUsable("");
    }

    @Test
    void withoutABaselineFlywayRefuses() throws SQLException {
        sql.run("create table orders (id int)");
        settings.remove("flyway.baselineOnMigrate");
        assertThatThrownBy(() -> flyway().migrate())
                .isInstanceOf(FlywayException.class)
                .hasMessageContaining("non-empty schema");
    }

    @Test
    void takesOverTablesThatWereMadeByHand() throws Exception {
        StringBuilder printed = new StringBuilder();
        LeaseMigrations.writeSql(printed, Sql.engine(tested), "");
        sql.script(printed.toString());
        settings.setProperty("flyway.baselineVersion", "1");
        flyway().baseline();
        assertUsable("");
    }

    private void assertUsable(String prefix) throws SQLException {
        assertThat(sql.count(prefix + "leader_lease")).isZero();
        LeaseMigrations migrations = LeaseMigrations.on(database.dataSource()).tablePrefix(prefix);
        migrations.check();
        assertThat(migrations.migrate()).isEmpty();
    }

    private Flyway flyway() {
        return Flyway.configure()
                .configuration(settings)
                .dataSource(database.dataSource())
                .load();
    }

    private static Properties documented() throws Exception {
        Path page = Path.of(System.getProperty("leaderlease.root"), "docs", "migrations.md");
        String block = Files.readString(page).replaceAll("(?s).*```properties\\n(.*?)```.*", "$1");
        Properties settings = new Properties();
        settings.load(new StringReader(block));
        assertThat(settings).hasSize(5);
        return settings;
    }
}
