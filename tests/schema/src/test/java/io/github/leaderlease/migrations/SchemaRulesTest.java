package io.github.leaderlease.migrations;

import static io.github.leaderlease.testdatabases.DatabaseUnderTest.MYSQL_8_0_15;
import static io.github.leaderlease.testdatabases.Engine.H2;
import static io.github.leaderlease.testdatabases.Engine.MARIADB;
import static io.github.leaderlease.testdatabases.Engine.MYSQL;
import static io.github.leaderlease.testdatabases.Engine.POSTGRESQL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the schema refuses by itself, whatever a program sends. */
@ForEachDatabase({H2, POSTGRESQL, MYSQL, MARIADB})
final class SchemaRulesTest {

    private static final String TIME = "timestamp '2026-01-02 03:04:05'";

    private static TestDatabase database;
    private static Sql sql;

    private final DatabaseUnderTest tested;

    SchemaRulesTest(DatabaseUnderTest tested) {
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
    void aSecondOpenTermIsRefused() throws SQLException {
        term("'job'", 1, "null", "null");
        term("'Job'", 1, "null", "null");
        assertThatThrownBy(() -> term("'job'", 2, "null", "null"))
                .isInstanceOf(SQLException.class)
                .satisfies(
                        e -> assertThat(e.getMessage().toLowerCase(Locale.ROOT)).contains("leader_term_open"));
        sql.run("update leader_term set ended_at = " + TIME + ", end_reason = 'RESIGNED' where election_name = 'job'");
        term("'job'", 2, "null", "null");
        assertThatThrownBy(() -> sql.run("update leader_term set ended_at = null, end_reason = null"
                        + " where election_name = 'job' and token = 1"))
                .isInstanceOf(SQLException.class);
    }

    @Test
    void manyEndedTermsAreHistory() throws SQLException {
        for (int token = 1; token <= 5; token++) {
            term("'job'", token, TIME, "'EXPIRED'");
        }
        assertThatThrownBy(() -> term("'job'", 5, TIME, "'EXPIRED'")).isInstanceOf(SQLException.class);
        assertThat(sql.count("leader_term")).isEqualTo(5);
    }

    @Test
    void anEndAndItsReasonComeTogether() {
        checksApply("leader_term_end_check");
        assertRefusedByCheck(() -> term("'job'", 1, TIME, "null"), "leader_term_end_check");
        assertRefusedByCheck(() -> term("'job'", 1, "null", "'EXPIRED'"), "leader_term_end_check");
    }

    @Test
    void aTimeToLiveIsPositive() throws SQLException {
        checksApply("leader_lease_ttl_check");
        lease("job");
        term("'job'", 1, "null", "null");
        for (String value : List.of("0", "-1")) {
            assertRefusedByCheck(() -> sql.run("update leader_lease set ttl_ms = " + value), "leader_lease_ttl_check");
            assertRefusedByCheck(() -> sql.run("update leader_term set ttl_ms = " + value), "leader_term_ttl_check");
        }
    }

    @Test
    void namesThatDifferAreDifferentElections() throws SQLException {
        List<String> names = List.of("Job", "job", "JOB", "0", "a.b_c:d/e-f", "x".repeat(190), "x".repeat(189));
        for (String name : names) {
            lease(name);
        }
        assertThat(sql.rows("select election_name from leader_lease"))
                .extracting(row -> row.get("election_name"))
                .containsExactlyInAnyOrderElementsOf(names);
        assertThat(sql.rows("select token from leader_lease where election_name = 'job'"))
                .hasSize(1);
    }

    @Test
    void aNameTooLongIsRefused() {
        assertThatThrownBy(() -> lease("x".repeat(191))).isInstanceOf(SQLException.class);
    }

    static List<String> refusedNames() {
        return List.of(
                "",
                " ",
                "Job ",
                " Job",
                "j\u00f3b",
                "jo\u0301b",
                "a b",
                "-a",
                ".a",
                "/a",
                "job\n",
                "a\tb",
                "a'b",
                "\u212aey");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedNames")
    void otherNamesAreRefused(String name) throws SQLException {
        checksApply(tested.engine() == POSTGRESQL ? "leader_term_name_check" : "leader_lease_name_check");
        // on MySQL and MariaDB a letter that the column's ASCII cannot hold is refused before the check is reached
        if (tested.engine() != POSTGRESQL) { // there a check costs each heartbeat, and no lease comes without a term
            assertThatThrownBy(() -> lease(name)).isInstanceOf(SQLException.class);
        }
        assertThatThrownBy(() -> term("'" + name.replace("'", "''") + "'", 1, "null", "null"))
                .isInstanceOf(SQLException.class);
        assertThat(sql.count("leader_lease") + sql.count("leader_term")).isZero();
    }

    @Test
    void nothingButTheNameOfALeaseIsIndexed() throws SQLException {
        try (Connection connection = database.connection()) {
            boolean upper = connection.getMetaData().storesUpperCaseIdentifiers();
            var indexes = connection
                    .getMetaData()
                    .getIndexInfo(
                            connection.getCatalog(),
                            connection.getSchema(),
                            upper ? "LEADER_LEASE" : "leader_lease",
                            false,
                            true);
            int columns = 0;
            while (indexes.next()) {
                if (indexes.getString("COLUMN_NAME") != null) {
                    columns++;
                    assertThat(indexes.getString("COLUMN_NAME")).isEqualToIgnoringCase("election_name");
                }
            }
            assertThat(columns).isEqualTo(1);
        }
    }

    @Test
    void textOfAllLanguagesFitsNodeNameAndMetadata() throws SQLException {
        term("'job'", 1, "null", "null");
        String longest = IntStream.range(0, 2000).mapToObj(i -> "\u00e9\u6f22").collect(Collectors.joining());
        try (Connection connection = database.connection();
                PreparedStatement update =
                        connection.prepareStatement("update leader_term set node_name = ?, metadata = ?")) {
            update.setString(1, "n\u0153ud \ud83d\ude80");
            update.setString(2, longest);
            update.executeUpdate();
        }
        assertThat(sql.rows("select node_name, metadata from leader_term").get(0))
                .containsEntry("node_name", "n\u0153ud \ud83d\ude80")
                .containsEntry("metadata", longest);
    }

    private void checksApply(String constraint) {
        assumeFalse(
                tested == MYSQL_8_0_15,
                () -> "not applicable: " + constraint + ": MySQL before 8.0.16 does not enforce CHECK");
    }

    private static void assertRefusedByCheck(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String name) {
        assertThatThrownBy(call)
                .isInstanceOf(SQLException.class)
                .satisfies(
                        e -> assertThat(e.getMessage().toLowerCase(Locale.ROOT)).contains(name));
    }

    private void lease(String name) throws SQLException {
        String insert = "insert into leader_lease (election_name, token, renewal, ttl_ms, renewed_at, expires_at,"
                + " acquired_incarnation) values (?, 1, 1, 1000, " + TIME + ", " + TIME + ", 'one')";
        try (Connection connection = database.connection();
                PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, name);
            statement.executeUpdate();
        }
    }

    private void term(String name, long token, String endedAt, String endReason) throws SQLException {
        sql.run("insert into leader_term (election_name, token, holder_id, node_name, ttl_ms, started_at, ended_at,"
                + " end_reason) values (" + name + ", " + token + ", 'h', 'n', 1000, " + TIME + ", " + endedAt + ", "
                + endReason + ")");
    }
}
