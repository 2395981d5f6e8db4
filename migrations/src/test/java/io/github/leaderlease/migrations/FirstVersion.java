package io.github.leaderlease.migrations;

import io.github.leaderlease.testdatabases.TestDatabase;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** The schema as V1 left it, made by the Flyway of a user who stopped there. */
final class FirstVersion {

    /** What came after it. */
    static final List<String> LATER = Scripts.NAMES.subList(1, Scripts.NAMES.size());

    private FirstVersion() {}

    static void apply(TestDatabase database, String prefix) {
        flyway(database.dataSource(), Engine.valueOf(database.engine().name()), prefix)
                .target("1")
                .load()
                .migrate();
    }

    static void apply(DataSource dataSource, Engine engine, String schema, String prefix) {
        flyway(dataSource, engine, prefix)
                .defaultSchema(schema)
                .target("1")
                .load()
                .migrate();
    }

    /** Settings as in docs/migrations.md, without a target. */
    static FluentConfiguration flyway(DataSource dataSource, Engine engine, String prefix) {
        return Flyway.configure()
                .dataSource(dataSource)
                .locations(engine.location())
                .table(prefix + "leader_lease_history")
                .placeholders(Map.of("prefix", prefix))
                .baselineOnMigrate(true)
                .baselineVersion("0");
    }
}
