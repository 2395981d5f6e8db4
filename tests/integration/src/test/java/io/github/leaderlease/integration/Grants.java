package io.github.leaderlease.integration;

import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Objects;

/** The grant scripts that we ship, run as they are. */
final class Grants {

    static final String PASSWORD = "pw-1-Secret";

    private Grants() {}

    /** A new user of the server without any right. */
    static String user(TestDatabase database, String kind) throws SQLException {
        String user = kind + "_" + database.name();
        Sql.run(
                database,
                database.engine() == Engine.POSTGRESQL
                        ? "create role " + user + " login password '" + PASSWORD + "'"
                        : "create user " + user + " identified by '" + PASSWORD + "'");
        return user;
    }

    /** With all that it has. */
    static void drop(TestDatabase database, String user) throws SQLException {
        boolean postgresql = database.engine() == Engine.POSTGRESQL;
        if (postgresql) {
            Sql.run(database, "drop owned by " + user + " cascade");
        }
        Sql.run(database, (postgresql ? "drop role " : "drop user ") + user);
    }

    /** For tables without a prefix in the schema that a test's database begins with. */
    static void run(TestDatabase database, String script, String role) throws SQLException, IOException {
        boolean postgresql = database.engine() == Engine.POSTGRESQL;
        run(database, script, postgresql ? "public" : database.name(), role);
    }

    static void run(TestDatabase database, String script, String schema, String role) throws SQLException, IOException {
        String folder = database.engine() == Engine.POSTGRESQL ? "postgresql" : "mysql";
        String path = "/leader-lease/grants/" + folder + "/" + script + ".sql";
        try (InputStream in = LeaseMigrations.class.getResourceAsStream(path)) {
            String text = new String(Objects.requireNonNull(in, path).readAllBytes(), StandardCharsets.UTF_8);
            String filled = text.replaceAll("(?m)^--.*$", "")
                    .replace("${schema}", schema)
                    .replace("${prefix}", "")
                    .replace("${role}", role);
            Sql.run(database, filled.strip().split(";\\s*(\\n|$)"));
        }
    }
}
