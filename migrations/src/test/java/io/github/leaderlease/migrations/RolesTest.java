package io.github.leaderlease.migrations;

import static io.github.leaderlease.testdatabases.Engine.MARIADB;
import static io.github.leaderlease.testdatabases.Engine.MYSQL;
import static io.github.leaderlease.testdatabases.Engine.POSTGRESQL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.testdatabases.ForEachLeg;
import io.github.leaderlease.testdatabases.Leg;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Logs in as each role and tries what it may and may not do. */
@ForEachLeg({POSTGRESQL, MYSQL, MARIADB})
final class RolesTest {

    private static final String PASSWORD = "pw-1-Secret";
    private static final String VALUES =
            ", 1, 1, 1000, timestamp '2026-01-02 03:04:05'," + " timestamp '2026-01-02 03:04:05', 'one')";
    private static final String INSERT_LEASE = "insert into app_leader_lease (election_name, token, renewal, ttl_ms,"
            + " renewed_at, expires_at, acquired_incarnation) values ('job'" + VALUES;
    private static final String INSERT_TERM = "insert into app_leader_term (election_name, token, holder_id, node_name,"
            + " ttl_ms, started_at) values ('job', 1, 'h', 'n', 1000, timestamp '2026-01-02 03:04:05')";
    private static final List<String> WRITES = List.of(
            "update app_leader_lease set renewal = renewal + 1 where election_name = 'job'",
            "update app_leader_term set ended_at = started_at, end_reason = 'EXPIRED' where election_name = 'job'");
    private static final List<String> READS = List.of(
            "select * from app_leader_lease", "select * from app_leader_term", "select * from app_leader_status");
    private static final List<String> DESTRUCTION = List.of(
            "delete from app_leader_lease",
            "delete from app_leader_term",
            "truncate table app_leader_lease",
            "truncate table app_leader_term",
            "drop table app_leader_term",
            "drop view app_leader_status",
            "drop index app_leader_term_open",
            "alter table app_leader_lease add column x int",
            "alter table app_leader_term drop column metadata",
            "create table app_other (id int)");

    private final Leg leg;
    private final List<String> roles = new ArrayList<>();
    private TestDatabase database;
    private String schema;

    RolesTest(Leg leg) {
        this.leg = leg;
    }

    @BeforeEach
    void migrateAsOwner() throws Exception {
        database = leg.fresh();
        schema = postgresql() ? "leases" : database.name();
        if (postgresql()) {
            admin("create schema leases");
        }
        String owner = role("owner");
        grant("owner", owner);
        assertThat(LeaseMigrations.on(new LoginDataSource(database.url(), owner, PASSWORD))
                        .schema(schema)
                        .tablePrefix("app_")
                        .migrate())
                .hasSize(1);
    }

    @AfterEach
    void dropRoles() throws SQLException {
        if (database != null) {
            for (String role : roles) {
                admin(
                        postgresql()
                                ? new String[] {"drop owned by " + role + " cascade", "drop role " + role}
                                : new String[] {"drop user " + role});
            }
            database.close();
        }
    }

    @Test
    void aCandidateReadsAndWritesRowsAndDestroysNothing() throws Exception {
        String candidate = role("candidate");
        grant("candidate", candidate);
        for (String allowed : List.of(INSERT_LEASE, INSERT_TERM)) {
            as(candidate, allowed);
        }
        for (String allowed : READS) {
            as(candidate, allowed);
        }
        as(candidate, "select * from app_leader_lease for update");
        as(candidate, WRITES.get(0));
        as(candidate, WRITES.get(1));
        DESTRUCTION.forEach(refused -> assertRefused(candidate, refused));
    }

    @Test
    void anObserverOnlyReads() throws Exception {
        String candidate = role("candidate");
        grant("candidate", candidate);
        as(candidate, INSERT_LEASE);
        as(candidate, INSERT_TERM);
        String observer = role("observer");
        grant("observer", observer);
        for (String allowed : READS) {
            as(observer, allowed);
        }
        assertRefused(observer, INSERT_LEASE);
        assertRefused(observer, INSERT_TERM);
        WRITES.forEach(refused -> assertRefused(observer, refused));
        if (leg.engine() != MARIADB) { // where whoever may select may also lock rows
            assertRefused(observer, "select * from app_leader_lease for update");
        }
        DESTRUCTION.forEach(refused -> assertRefused(observer, refused));
    }

    @Test
    void nobodyElseReads() throws Exception {
        String stranger = role("stranger");
        for (String table : List.of("leader_lease", "leader_term", "leader_status")) {
            // on MySQL and MariaDB the login to the database is refused already
            assertRefused(stranger, "select * from " + schema + ".app_" + table);
        }
    }

    private boolean postgresql() {
        return leg.engine() == POSTGRESQL;
    }

    private String role(String kind) throws SQLException {
        String name = kind + "_" + database.name();
        admin(
                postgresql()
                        ? "create role " + name + " login password '" + PASSWORD + "'"
                        : "create user " + name + " identified by '" + PASSWORD + "'");
        roles.add(name);
        return name;
    }

    private void admin(String... statements) throws SQLException {
        new Sql(database.dataSource()).run(statements);
    }

    /** Runs the shipped script as the administrator, who owns the schema. */
    private void grant(String script, String role) throws Exception {
        String path = "/leader-lease/grants/" + (postgresql() ? "postgresql/" : "mysql/") + script + ".sql";
        try (InputStream in = getClass().getResourceAsStream(path)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            text = text.replace("${schema}", schema)
                    .replace("${prefix}", "app_")
                    .replace("${role}", role);
            new Sql(database.dataSource()).script(text);
        }
    }

    private void as(String role, String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.url(), role, PASSWORD);
                Statement run = connection.createStatement()) {
            if (postgresql()) {
                run.execute("set search_path = leases");
            }
            run.execute(statement);
        }
    }

    private void assertRefused(String role, String statement) {
        assertThatThrownBy(() -> as(role, mysqlForm(statement)))
                .as("%s: %s", role, statement)
                .isInstanceOf(SQLException.class)
                .hasMessageMatching("(?s).*(denied|must be owner).*");
    }

    private String mysqlForm(String statement) {
        return !postgresql() && statement.startsWith("drop index") ? statement + " on app_leader_term" : statement;
    }
}
