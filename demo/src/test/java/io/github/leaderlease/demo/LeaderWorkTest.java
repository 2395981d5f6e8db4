package io.github.leaderlease.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that ends idle transactions soon would end the one that the demo stops, and so alter the story. */
final class LeaderWorkTest {

    @ParameterizedTest
    @CsvSource({
        "POSTGRESQL, ?options=-c%20idle_in_transaction_session_timeout=500,"
                + " select current_setting('idle_in_transaction_session_timeout')",
        "MARIADB, &sessionVariables=idle_transaction_timeout=1, select @@idle_transaction_timeout"
    })
    void itsTransactionsMayStandIdle(DatabaseUnderTest tested, String bound, String question) throws SQLException {
        try (TestDatabase database = tested.fresh()) {
            DatabaseAddress address = new DatabaseAddress(database.url() + bound, database.user(), database.password());
            try (Connection bounded = address.connect();
                    Connection patient = LeaderWork.open(address)) {
                assertThat(ask(bounded, question)).isNotEqualTo("0");
                assertThat(ask(patient, question)).isEqualTo("0");
                assertThat(patient.getAutoCommit()).isFalse();
            }
        }
    }

    private static String ask(Connection connection, String question) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            row.next();
            return row.getString(1);
        }
    }
}
