package io.github.leaderlease.migrations;

import static io.github.leaderlease.testdatabases.Engine.H2;
import static io.github.leaderlease.testdatabases.Engine.MARIADB;
import static io.github.leaderlease.testdatabases.Engine.MYSQL;
import static io.github.leaderlease.testdatabases.Engine.POSTGRESQL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.testdatabases.ForEachLeg;
import io.github.leaderlease.testdatabases.Leg;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From a schema of the first version, with a term open in it, to the present one. */
@ForEachLeg({H2, POSTGRESQL, MYSQL, MARIADB})
final class UpgradeTest {

    private static final String V1_TERMS = "select election_name, token, holder_id, node_name, metadata, ttl_ms,"
            + " started_at, ended_at, end_reason from leader_term order by token";

    private final Leg leg;
    private TestDatabase database;
    private Sql sql;
    private LeaseMigrations migrations;

    UpgradeTest(Leg leg) {
        this.leg = leg;
    }

    @BeforeEach
    void openATermInTheFirstVersion() throws SQLException {
        database = leg.fresh();
        sql = new Sql(database.dataSource());
        migrations = LeaseMigrations.on(database.dataSource());
        FirstVersion.apply(database, "");
        try (FirstVersionNode node = new FirstVersionNode(database)) {
            node.createElection();
            node.takeOver(7);
            node.takeOver(8);
        }
    }

    @AfterEach
    void close() {
        if (database != null) {
            database.close();
        }
    }

    @Test
    void isAppliedOnceAndKeepsTheTerms() throws SQLException {
        List<Map<String, Object>> terms = sql.rows(V1_TERMS);
        List<Map<String, Object>> leases = sql.rows("select * from leader_lease");
        List<Map<String, Object>> status = sql.rows("select leader, token, since, metadata from leader_status");
        assertThat(terms).hasSize(2);
        assertThat(migrations.pending()).isEqualTo(FirstVersion.LATER);
        assertThatThrownBy(migrations::check)
                .isInstanceOf(LeaseMigrationException.class)
                .hasMessageContaining("not applied: " + String.join(", ", FirstVersion.LATER));

        assertThat(migrations.migrate()).isEqualTo(FirstVersion.LATER);

        for (int again = 0; again < 2; again++) {
            assertThat(sql.rows(V1_TERMS)).isEqualTo(terms);
            assertThat(sql.rows("select * from leader_lease")).isEqualTo(leases);
            assertThat(sql.rows("select leader, token, since, metadata from leader_status"))
                    .isEqualTo(status);
            assertThat(touches()).containsExactly(0L, 0L);
            assertThat(migrations.pending()).isEmpty();
            migrations.check();
            assertThat(migrations.migrate()).isEmpty();
        }
        assertThatThrownBy(() -> sql.run(FirstVersionNode.INSERT_TERM.replaceFirst("\\?", "9")))
                .as("a second open term")
                .isInstanceOf(SQLException.class);
    }

    @Test
    void aNodeOfTheVersionBeforeGoesOnWithTheStatementsThatItPrepared() throws SQLException {
        try (FirstVersionNode node = new FirstVersionNode(database)) {
            for (int uses = 0; uses < 6; uses++) { // the driver for PostgreSQL prepares at the fifth
                node.renew();
                assertThat(node.openTerm()).isEqualTo(8);
            }
            node.takeOver(9);
            assertThat(migrations.migrate()).isEqualTo(FirstVersion.LATER);
            node.renew();
            assertThat(node.openTerm()).isEqualTo(9);
            node.takeOver(10);
            assertThat(node.openTerm()).isEqualTo(10);
        }
        assertThat(touches()).containsExactly(0L, 0L, 0L, 0L);
    }

    @Test
    void aNodeThatKnowsLessThanTheSchemaStarts() throws SQLException {
        migrations.migrate();
        assertThat(own().locations(Sql.engine(leg).location(), "classpath:newer-migrations")
                        .load()
                        .migrate()
                        .migrationsExecuted)
                .isEqualTo(1);
        assertThat(sql.count("leader_newer")).isZero();
        migrations.check();
        assertThat(migrations.pending()).isEmpty();
        assertThat(migrations.migrate()).isEmpty();
    }

    @Test
    void tablesMadeByHandAreTakenOverAtTheVersionThatTheyHave() throws Exception {
        String history = leg.engine() == H2 ? "\"leader_lease_history\"" : "leader_lease_history";
        sql.run("drop table " + history);
        assertThatThrownBy(migrations::migrate)
                .isInstanceOf(LeaseMigrationException.class)
                .hasMessageContaining("leader_lease exists");
        own().baselineVersion("1").load().baseline();
        assertThat(migrations.migrate()).isEqualTo(FirstVersion.LATER);
        migrations.check();
        assertThat(touches()).containsExactly(0L, 0L);
    }

    /** What the column that V2 adds says of each term; H2 has no such column. */
    private List<Object> touches() throws SQLException {
        List<Map<String, Object>> terms = sql.rows("select * from leader_term");
        assertThat(terms)
                .allSatisfy(row -> assertThat(row.containsKey("fence_touch")).isEqualTo(leg.engine() != H2));
        return terms.stream().map(row -> row.getOrDefault("fence_touch", 0L)).toList();
    }

    private FluentConfiguration own() {
        return FirstVersion.flyway(database.dataSource(), Sql.engine(leg), "");
    }
}
