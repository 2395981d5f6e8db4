package io.github.leaderlease.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class DemoOnServersTest {

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"H2_SERVER", "POSTGRESQL", "MYSQL", "MARIADB"})
    void playsOnAServerAndLeavesNothingThere(DatabaseUnderTest tested) throws Exception {
        Rounds.play(round -> play(round, tested));
    }

    private static void play(Rounds round, DatabaseUnderTest tested) throws SQLException {
        try (TestDatabase database = tested.fresh()) {
            Run run = Run.demo(
                            "--url",
                            database.url(),
                            "--user",
                            database.user(),
                            "--password",
                            database.password(),
                            "--ttl",
                            "3s",
                            "--heartbeat",
                            "1s")
                    .undisturbed(round, 2);

            assertThat(run.err()).isEmpty();
            assertThat(run.status()).isZero();
            assertThat(run.out())
                    .containsPattern("tables     demo_[0-9a-f]{6}_\\*, made for this demo and removed at its end")
                    .contains("0 overlaps", "Every guarantee was kept.", "1 ended EXPIRED, 1 open (")
                    .doesNotContain(database.password());
            assertThat(demoTables(database)).isEmpty();
            assertThat(run.pids()).hasSize(4).noneMatch(Run::isAlive);
        }
    }

    static List<String> demoTables(TestDatabase database) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (Connection connection = database.connection();
                ResultSet row = connection.getMetaData().getTables(connection.getCatalog(), null, "%", null)) {
            while (row.next()) {
                String name = row.getString("TABLE_NAME").toLowerCase(Locale.ROOT);
                // on H2 the migration leaves an empty temporary table, which ends with the database
                boolean passing = String.valueOf(row.getString("TABLE_TYPE")).contains("TEMPORARY");
                if (!passing && (name.startsWith("demo_") || name.contains("leader_"))) {
                    tables.add(name);
                }
            }
        }
        return tables;
    }
}
