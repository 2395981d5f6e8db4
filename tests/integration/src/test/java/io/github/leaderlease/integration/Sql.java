package io.github.leaderlease.integration;

import static org.awaitility.Awaitility.await;

import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What an administrator does by hand. */
final class Sql {

    private Sql() {}

    static void run(TestDatabase database, String... statements) throws SQLException {
        try (Connection connection = database.connection()) {
            run(connection, statements);
        }
    }

    static void run(Connection connection, String... statements) throws SQLException {
        try (Statement run = connection.createStatement()) {
            for (String statement : statements) {
                run.execute(statement);
            }
        }
    }

    /** The first column of all rows as text; null becomes "null". */
    static List<String> list(TestDatabase database, String query) throws SQLException {
        try (Connection connection = database.connection()) {
            return list(connection, query);
        }
    }

    static List<String> list(Connection connection, String query) throws SQLException {
        try (Statement run = connection.createStatement();
                ResultSet rows = run.executeQuery(query)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(String.valueOf(rows.getString(1)));
            }
            return values;
        }
    }

    static String one(TestDatabase database, String query) throws SQLException {
        return list(database, query).get(0);
    }

    /** Waits until each lease was renewed once more. */
    static void awaitAllRenewed(TestDatabase database, Duration bound) throws SQLException {
        String last = one(database, "select max(renewed_at) from leader_lease");
        String older = "select count(*) from leader_lease where renewed_at <= '" + last + "'";
        await().atMost(bound).until(() -> one(database, older).equals("0"));
    }

    /** Waits until this many more heartbeats of the only election have been written. */
    static void awaitRenewals(TestDatabase database, int more) throws SQLException {
        String query = "select renewal from leader_lease";
        long before = Long.parseLong(one(database, query));
        await().atMost(Member.SOON).until(() -> Long.parseLong(one(database, query)) >= before + more);
    }
}
