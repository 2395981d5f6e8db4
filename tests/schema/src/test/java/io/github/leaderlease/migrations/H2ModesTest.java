package io.github.leaderlease.migrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications open H2 with many options; none may change what our tables mean. */
final class H2ModesTest {

    private static final String INSERT = "insert into leader_term (election_name, token, holder_id, node_name, ttl_ms,"
            + " started_at, ended_at, end_reason) values ";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ";IGNORECASE=TRUE",
                ";DATABASE_TO_UPPER=FALSE",
                ";DATABASE_TO_LOWER=TRUE",
                ";CASE_INSENSITIVE_IDENTIFIERS=TRUE",
                ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH",
                ";MODE=MySQL;DATABASE_TO_LOWER=TRUE",
                ";MODE=MariaDB;DATABASE_TO_LOWER=TRUE",
                ";MODE=Oracle",
                ";MODE=MSSQLServer",
                ";MODE=DB2",
                ";AUTOCOMMIT=OFF"
            })
    void meanTheSame(String options) throws SQLException {
        String url = "jdbc:h2:mem:" + UUID.randomUUID() + options;
        LoginDataSource source = new LoginDataSource(url, "sa", "");
        Sql sql = new Sql(source);
        try (var keep = source.getConnection()) {
            assertThat(keep.isClosed()).isFalse();
            assertThat(LeaseMigrations.migrate(source)).isEqualTo(Scripts.NAMES);
            LeaseMigrations.on(source).schema("other").tablePrefix("x_").migrate();
            assertThat(sql.count("other.x_leader_status")).isZero();
            String ended = "current_timestamp, current_timestamp, 'EXPIRED')";
            String open = "current_timestamp, null, null)";
            sql.run(
                    INSERT + "('job', 1, 'h', 'n', 1, " + ended,
                    INSERT + "('job', 2, 'h', 'n', 1, " + ended,
                    INSERT + "('job', 3, 'h', 'n', 1, " + open,
                    INSERT + "('Job', 1, 'h', 'n', 1, " + open,
                    "commit");
            assertThat(sql.rows("select token from leader_term where election_name = 'job'"))
                    .hasSize(3);
            assertThatThrownBy(() -> sql.run(INSERT + "('job', 4, 'h', 'n', 1, " + open))
                    .hasMessageContainingAll("23505");
            assertThatThrownBy(() -> sql.run(INSERT + "('j\u00f3b', 4, 'h', 'n', 1, " + open))
                    .hasMessageContaining("23513");
        }
    }
}
