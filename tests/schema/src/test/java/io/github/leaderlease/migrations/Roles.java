package io.github.leaderlease.migrations;

import static io.github.leaderlease.testdatabases.Engine.POSTGRESQL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Users of a fresh database with the rights of the shipped scripts; its tables have the prefix {@code app_}. */
final class Roles implements AutoCloseable {

    static final String PREFIX = "app_";

    private static final String PASSWORD = "pw-1-Secret";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final List<Integer> MYSQL_DENIALS = List.of(
            1044, // the database
            1142, // the table
            1143 // the column
            );

    private final DatabaseUnderTest tested;
    private final TestDatabase database;
    private final String schema;
    private final List<String> names = new ArrayList<>();
    private final LoginDataSource owner;

    private Roles(DatabaseUnderTest tested, TestDatabase database) throws SQLException, IOException {
        this.tested = tested;
        this.database = database;
        this.schema = postgresql() ? "leases" : database.name();
        if (postgresql()) {
            admin().run("create schema leases");
        }
        this.owner = new LoginDataSource(database.url(), granted("owner"), PASSWORD);
    }

    /** With an owner who has not migrated yet. */
    static Roles on(DatabaseUnderTest tested) throws SQLException, IOException {
        TestDatabase database = tested.fresh();
        try {
            return new Roles(tested, database);
        } catch (SQLException | IOException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    boolean postgresql() {
        return tested.engine() == POSTGRESQL;
    }

    String schema() {
        return schema;
    }

    List<String> ownerMigrates() {
        return LeaseMigrations.on(owner).schema(schema).tablePrefix(PREFIX).migrate();
    }

    /** A new user without any right. */
    String stranger() throws SQLException {
        return named("stranger");
    }

    /** A new user, and the shipped script of that name run for it by the administrator, who owns the schema. */
    String granted(String script) throws SQLException, IOException {
        String role = named(script);
        String path = "/leader-lease/grants/" + (postgresql() ? "postgresql/" : "mysql/") + script + ".sql";
        try (InputStream in = Roles.class.getResourceAsStream(path)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            admin().script(text.replace("${schema}", schema)
                    .replace("${prefix}", PREFIX)
                    .replace("${role}", role));
        }
        return role;
    }

    private String named(String kind) throws SQLException {
        String name = kind + "_" + database.name();
        admin().run(
                        postgresql()
                                ? "create role " + name + " login password '" + PASSWORD + "'"
                                : "create user " + name + " identified by '" + PASSWORD + "'");
        names.add(name);
        return name;
    }

    /** The administrator, who may do everything; names of tables need {@link #schema()} before them. */
    Sql admin() {
        return new Sql(database.dataSource());
    }

    Connection login(String role) throws SQLException {
        Connection connection = DriverManager.getConnection(database.url(), role, PASSWORD);
        if (postgresql()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("set search_path = leases");
            }
        }
        return connection;
    }

    void as(String role, String text) throws SQLException {
        try (Connection connection = login(role);
                Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    void assertDenied(String role, String text) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> as(role, text))
                .as("%s: %s", role, text)
                .satisfies(this::assertDenial);
    }

    private void assertDenial(SQLException e) {
        if (postgresql()) {
            assertThat(e.getSQLState()).isEqualTo(INSUFFICIENT_PRIVILEGE);
        } else {
            assertThat(e.getErrorCode()).isIn(MYSQL_DENIALS);
        }
    }

    @Override
    public void close() throws SQLException {
        for (String name : names) {
            admin().run(
                            postgresql()
                                    ? new String[] {"drop owned by " + name + " cascade", "drop role " + name}
                                    : new String[] {"drop user " + name});
        }
        database.close();
    }
}
