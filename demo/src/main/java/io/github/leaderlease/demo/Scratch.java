package io.github.leaderlease.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The two tables that leaders write in, one row per term. They are alike, and so is what is done to them, but for the
 * fence.
 */
enum Scratch {
    UNFENCED("write_unfenced"),
    FENCED("write_fenced");

    private final String table;

    Scratch(String table) {
        this.table = table;
    }

    /**
     * One leader's write.
     *
     * @param writtenAt when the leader wrote it, as {@link System#nanoTime()}, long before it committed perhaps
     */
    record Row(long token, String writer, long writtenAt) {}

    String create(String prefix) {
        return "create table " + prefix + table
                + " (token bigint not null primary key, writer varchar(60) not null, written_at bigint not null)";
    }

    String drop(String prefix) {
        return "drop table if exists " + prefix + table;
    }

    void insert(Connection connection, String prefix, Row row) throws SQLException {
        String insert = "insert into " + prefix + table + " (token, writer, written_at) values (?, ?, ?)";
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setLong(1, row.token());
            statement.setString(2, row.writer());
            statement.setLong(3, row.writtenAt());
            statement.executeUpdate();
        }
    }

    /** What is committed. */
    List<Row> read(Connection connection, String prefix) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select token, writer, written_at from " + prefix + table)) {
            while (row.next()) {
                rows.add(new Row(row.getLong(1), row.getString(2), row.getLong(3)));
            }
        }
        return rows;
    }
}
