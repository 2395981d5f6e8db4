package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tables live in a schema of their own, under names of their own, and another set beside them is left alone. */
final class SchemaAndPrefixTest {

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MYSQL", "MARIADB", "H2_MEMORY"})
    void electionsWorkInAChosenSchemaWithAChosenPrefix(DatabaseUnderTest tested) throws Exception {
        try (TestDatabase database = tested.fresh()) {
            String schema = "s_" + database.name();
            LeaseMigrations.migrate(database.dataSource());
            LeaseMigrations.on(database.dataSource())
                    .schema(schema)
                    .tablePrefix("app_")
                    .migrate();
            try (Member a = Member.join(coordinator(database, schema, "a"), election -> election)
                            .leading();
                    Member b = Member.join(coordinator(database, schema, "b"), election -> election)) {
                b.follow("a", SOON);
                a.leave();
                b.lead(SOON);
                b.events().awaitStory(SOON, "following a", "lost a CLOSED", "acquired");
                assertThat(Sql.list(database, "select node_name from " + schema + ".app_leader_term order by token"))
                        .containsExactly("a", "b");
                assertThat(Sql.list(database, "select node_name from leader_term"))
                        .isEmpty();
            } finally {
                boolean family = tested.engine() == Engine.MYSQL || tested.engine() == Engine.MARIADB;
                Sql.run(database, "drop schema " + schema + (family ? "" : " cascade"));
            }
        }
    }

    private static LeaseCoordinator coordinator(TestDatabase database, String schema, String node) {
        return Member.steady(database, database.url(), node)
                .schema(schema)
                .tablePrefix("app_")
                .build();
    }
}
