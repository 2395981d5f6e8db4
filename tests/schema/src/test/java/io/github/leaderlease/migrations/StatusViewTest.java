package io.github.leaderlease.migrations;

import static io.github.leaderlease.testdatabases.Engine.H2;
import static io.github.leaderlease.testdatabases.Engine.MARIADB;
import static io.github.leaderlease.testdatabases.Engine.MYSQL;
import static io.github.leaderlease.testdatabases.Engine.POSTGRESQL;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

@ForEachDatabase({H2, POSTGRESQL, MYSQL, MARIADB})
final class StatusViewTest {

    private static TestDatabase database;
    private static Sql sql;

    private final DatabaseUnderTest tested;

    StatusViewTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @BeforeParameterizedClassInvocation
    static void migrate(DatabaseUnderTest tested) {
        database = tested.fresh();
        sql = new Sql(database.dataSource());
        LeaseMigrations.migrate(database.dataSource());
    }

    /** There is none if this server could not be had. */
    @AfterParameterizedClassInvocation
    static void drop() {
        if (database != null) {
            database.close();
            database = null;
        }
    }

    @BeforeEach
    void empty() throws SQLException {
        sql.run("delete from leader_lease");
        sql.run("delete from leader_term");
    }

    @Test
    void showsTheLeaderAndNotTheTermsBefore() throws SQLException {
        ended(6, "EXPIRED");
        open(7);
        lease("'h'", 7, inOneMinute());
        assertThat(status())
                .containsEntry("election_name", "job")
                .containsEntry("leader", "node-7")
                .containsEntry("token", 7L)
                .containsEntry("ttl_ms", 1000L)
                .containsEntry("renewal", 3L)
                .containsEntry("metadata", "at-7")
                .containsEntry("last_end_reason", null)
                .satisfies(row -> assertThat(row.get("since")).isNotNull())
                .satisfies(row -> assertThat(row.get("renewed_at")).isNotNull());
        assertThat(yes(status().get("step_down_requested"))).isFalse();
    }

    @Test
    void secondsLeftDoNotDependOnTheTimeZoneOfTheSession() throws SQLException {
        open(7);
        lease("'h'", 7, inOneMinute());
        String zone = switch (tested.engine()) {
            case POSTGRESQL -> "set time zone 'Asia/Kolkata'";
            case MYSQL, MARIADB -> "set time_zone = '+05:30'";
            case H2 -> "set time zone '+05:30'";
        };
        Map<String, Object> row = sql.rows("select * from leader_status", zone).get(0);
        // a zone mistaken would be off by hours
        assertThat((BigDecimal) row.get("seconds_left")).isBetween(new BigDecimal("-3000"), new BigDecimal("60"));
    }

    @Test
    void secondsLeftAreNegativeOnceTheLeaseRanOut() throws SQLException {
        open(7);
        lease("'h'", 7, "timestamp '2001-01-01 00:00:00'");
        assertThat((BigDecimal) status().get("seconds_left")).isNegative();
        assertThat(status()).containsEntry("leader", "node-7");
    }

    @Test
    void aVacantElectionShowsWhyItsLastTermEnded() throws SQLException {
        ended(5, "EXPIRED");
        ended(6, "RESIGNED");
        lease("null", 6, inOneMinute());
        assertThat(status())
                .containsEntry("leader", null)
                .containsEntry("token", 6L)
                .containsEntry("since", null)
                .containsEntry("seconds_left", null)
                .containsEntry("metadata", null)
                .containsEntry("last_end_reason", "RESIGNED");
    }

    @Test
    void aStepDownIsRequestedOfTheHolderOfThatTokenOnly() throws SQLException {
        open(7);
        lease("'h'", 7, inOneMinute());
        sql.run("update leader_lease set step_down_token = 6");
        assertThat(yes(status().get("step_down_requested"))).isFalse();
        sql.run("update leader_lease set step_down_token = 7");
        assertThat(yes(status().get("step_down_requested"))).isTrue();
        sql.run("update leader_lease set holder_id = null");
        assertThat(yes(status().get("step_down_requested"))).isFalse();
    }

    private Map<String, Object> status() throws SQLException {
        return sql.rows("select * from leader_status").get(0);
    }

    /** MySQL and MariaDB know no boolean in a view. */
    private static boolean yes(Object value) {
        return value instanceof Number number ? number.intValue() == 1 : (Boolean) value;
    }

    private String now() {
        return tested.engine() == MYSQL || tested.engine() == MARIADB ? "utc_timestamp(3)" : "current_timestamp";
    }

    private String inOneMinute() {
        return switch (tested.engine()) {
            case POSTGRESQL -> "clock_timestamp() + interval '60 seconds'";
            case MYSQL, MARIADB -> "utc_timestamp(3) + interval 60 second";
            case H2 -> "dateadd(second, 60, current_timestamp)";
        };
    }

    private void lease(String holder, long token, String expiresAt) throws SQLException {
        sql.run("insert into leader_lease (election_name, token, renewal, holder_id, ttl_ms, renewed_at, expires_at,"
                + " acquired_incarnation) values ('job', " + token + ", 3, " + holder + ", 1000, " + now() + ", "
                + expiresAt + ", 'one')");
    }

    private void open(long token) throws SQLException {
        term(token, "null, null");
    }

    private void ended(long token, String reason) throws SQLException {
        term(token, now() + ", '" + reason + "'");
    }

    private void term(long token, String end) throws SQLException {
        sql.run("insert into leader_term (election_name, token, holder_id, node_name, metadata, ttl_ms, started_at,"
                + " ended_at, end_reason) values ('job', " + token + ", 'h', 'node-" + token + "', 'at-" + token
                + "', 1000, " + now() + ", " + end + ")");
    }
}
