package io.github.leaderlease.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The statements of a fence on the tables with the prefix {@code app_}, one text for each round trip. */
enum FenceStatements {
    /** Three statements in one text: of the two that read, the isolation level lets one find the term. */
    ADVISORY,
    /** A share lock on the term's row. */
    SHARE,
    /** An update of the term's row. */
    TOUCH_COUNTER;

    private static final String WHERE =
            " from app_leader_term where election_name = 'job' and token = 7 and holder_id = 'h'";
    private static final String LEVELS = "('read committed', 'read uncommitted')";

    static final String POSTGRESQL =
            "select pg_advisory_xact_lock_shared(1279607123, 42); select ended_at is null" + WHERE
                    + " and current_setting('transaction_isolation') in " + LEVELS + "; select ended_at is null" + WHERE
                    + " and current_setting('transaction_isolation') not in " + LEVELS + " for share";
    static final String SHARED = "select ended_at is null" + WHERE + " lock in share mode";
    static final String TOUCH = "update app_leader_term set fence_touch = fence_touch + 1"
            + " where election_name = 'job' and token = 7 and holder_id = 'h' and ended_at is null";

    static List<FenceStatements> of(DatabaseUnderTest tested) {
        return switch (tested.engine()) {
            case POSTGRESQL -> List.of(ADVISORY);
            case MYSQL, MARIADB -> List.of(SHARE, TOUCH_COUNTER);
            case H2 -> throw new IllegalArgumentException("no roles on " + tested);
        };
    }

    /** Fences and stays in the transaction. */
    void assertFinds(Connection connection, int isolation) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            switch (this) {
                case ADVISORY -> {
                    List<Boolean> found = List.of(true);
                    boolean plain = isolation == Connection.TRANSACTION_READ_COMMITTED;
                    assertThat(answers(statement))
                            .isEqualTo(plain ? List.of(found, List.of()) : List.of(List.of(), found));
                }
                case SHARE -> {
                    try (ResultSet row = statement.executeQuery(SHARED)) {
                        assertThat(row.next() && row.getBoolean(1)).isTrue();
                    }
                }
                case TOUCH_COUNTER -> assertThat(statement.executeUpdate(TOUCH)).isEqualTo(1);
            }
        }
    }

    private static List<List<Boolean>> answers(Statement statement) throws SQLException {
        List<List<Boolean>> answers = new ArrayList<>();
        assertThat(statement.execute(POSTGRESQL)).isTrue();
        while (statement.getMoreResults()) {
            List<Boolean> rows = new ArrayList<>();
            try (ResultSet row = statement.getResultSet()) {
                while (row.next()) {
                    rows.add(row.getBoolean(1));
                }
            }
            answers.add(rows);
        }
        return answers;
    }
}
