package io.github.leaderlease.migrations;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;

/** Statements of a test, each on a connection of its own. */
record Sql(DataSource dataSource) {

    void run(String... statements) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    /** Statements that end with a semicolon at the end of a line. */
    void script(String text) throws SQLException {
        run(text.replaceAll("(?m)^--.*$", "").strip().split(";\\s*(\\n|$)"));
    }

    /** The rows with lower-case column labels; the statements before the query run on the same connection. */
    List<Map<String, Object>> rows(String query, String... before) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String text : before) {
                statement.execute(text);
            }
            try (ResultSet rows = statement.executeQuery(query)) {
                List<Map<String, Object>> found = new ArrayList<>();
                while (rows.next()) {
                    found.add(row(rows));
                }
                return found;
            }
        }
    }

    long count(String table) throws SQLException {
        Object count = rows("select count(*) as n from " + table).get(0).get("n");
        return ((Number) count).longValue();
    }

    private static Map<String, Object> row(ResultSet rows) throws SQLException {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            row.put(rows.getMetaData().getColumnLabel(i).toLowerCase(Locale.ROOT), rows.getObject(i));
        }
        return row;
    }

    /** The migrations' word for the product of a database. */
    static Database engine(DatabaseUnderTest tested) {
        return Database.valueOf(tested.engine().name());
    }
}
