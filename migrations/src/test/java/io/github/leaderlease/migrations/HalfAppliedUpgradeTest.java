package io.github.leaderlease.migrations;

import static io.github.leaderlease.testdatabases.Engine.MARIADB;
import static io.github.leaderlease.testdatabases.Engine.MYSQL;
import static io.github.leaderlease.testdatabases.Engine.POSTGRESQL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.leaderlease.testdatabases.ForEachLeg;
import io.github.leaderlease.testdatabases.Leg;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** An upgrade that failed is mended by the advice in its message, without the loss of a term. */
@ForEachLeg({POSTGRESQL, MYSQL, MARIADB})
final class HalfAppliedUpgradeTest {

    private final Leg leg;

    HalfAppliedUpgradeTest(Leg leg) {
        this.leg = leg;
    }

    @Test
    void costsNoTerm() throws SQLException {
        try (TestDatabase database = leg.fresh()) {
            Sql sql = new Sql(database.dataSource());
            LeaseMigrations migrations =
                    LeaseMigrations.on(database.dataSource()).tablePrefix("app_");
            FirstVersion.apply(database, "app_");
            sql.run("insert into app_leader_term (election_name, token, holder_id, node_name, ttl_ms,"
                    + " started_at) values ('job', 8, 'h', 'n', 1000, current_timestamp)");
            sql.run("alter table app_leader_term add column fence_touch int");

            String advice = messageOf(migrations::migrate);
            if (leg.engine() == POSTGRESQL) {
                sql.run("alter table app_leader_term drop column fence_touch");
            } else {
                assertThat(advice)
                        .contains("cannot roll back DDL", "keep the tables")
                        .doesNotContain("drop table");
                assertThat(messageOf(migrations::check)).contains("keep the tables");
                sql.run(
                        advice.replaceAll("(?s).*drop it \\((.*?)\\).*", "$1"),
                        advice.replaceAll("(?s).*forget the failure \\((.*?)\\).*", "$1"));
            }

            assertThat(migrations.migrate()).isEqualTo(FirstVersion.LATER);
            migrations.check();
            assertThat(sql.rows("select token from app_leader_term where fence_touch = 0"))
                    .extracting(row -> row.get("token"))
                    .containsExactly(8L);
        }
    }

    private static String messageOf(Runnable call) {
        return catchThrowableOfType(LeaseMigrationException.class, call::run).getMessage();
    }
}
