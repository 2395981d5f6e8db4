package io.github.leaderlease.testdatabases;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Makes and drops databases on a server. */
final class Schemas {
    private static final int NO_SUCH_THREAD = 1094;

    private Schemas() {}

    static void create(TestServer server, String name) {
        if (server.engine() == Engine.H2) {
            return; // H2 makes a database when somebody first connects to it
        }
        execute(server, server.endpoint().adminDatabase(), "create database " + name);
    }

    /** Drops also what a test left in use, such as a transaction behind a cut connection. */
    static void drop(TestServer server, String name) {
        String admin = server.endpoint().adminDatabase();
        switch (server.engine()) {
            case H2 -> execute(server, name, "shutdown immediately");
            case POSTGRESQL -> execute(server, admin, "drop database " + name + " with (force)");
            case MYSQL, MARIADB -> {
                killConnections(server, name);
                // by default the server would wait for a year
                execute(server, admin, "set lock_wait_timeout = 10", "drop database " + name);
            }
        }
    }

    private static void killConnections(TestServer server, String name) {
        try (Connection connection = server.connect(server.endpoint().adminDatabase())) {
            for (long id : connectionsTo(connection, name)) {
                kill(connection, id);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot end the connections to " + name + " on " + server.label(), e);
        }
    }

    private static List<Long> connectionsTo(Connection connection, String name) throws SQLException {
        String query = "select id from information_schema.processlist where db = ?";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, name);
            List<Long> ids = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                }
            }
            return ids;
        }
    }

    private static void kill(Connection connection, long id) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("kill " + id);
        } catch (SQLException e) {
            if (e.getErrorCode() != NO_SUCH_THREAD) {
                throw e;
            }
        }
    }

    private static void execute(TestServer server, String database, String... texts) {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement()) {
            for (String text : texts) {
                statement.execute(text);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(String.join("; ", texts) + " failed on " + server.label(), e);
        }
    }
}
