package io.github.leaderlease.migrations;

import static io.github.leaderlease.migrations.RoleStatements.END_TERM;
import static io.github.leaderlease.migrations.RoleStatements.INSERT_LEASE;
import static io.github.leaderlease.migrations.RoleStatements.INSERT_TERM;
import static io.github.leaderlease.migrations.RoleStatements.PRESENCE;
import static io.github.leaderlease.migrations.RoleStatements.READS;
import static io.github.leaderlease.migrations.RoleStatements.RENEW;
import static io.github.leaderlease.testdatabases.Engine.MARIADB;
import static io.github.leaderlease.testdatabases.Engine.MYSQL;
import static io.github.leaderlease.testdatabases.Engine.POSTGRESQL;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Logs in as each role and tries what it may and may not do. */
@ForEachDatabase({POSTGRESQL, MYSQL, MARIADB})
final class RolesTest {

    private final DatabaseUnderTest tested;
    private Roles roles;

    RolesTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @BeforeEach
    void migrateAsOwner() throws Exception {
        roles = Roles.on(tested);
        assertThat(roles.ownerMigrates()).isEqualTo(Scripts.NAMES);
    }

    @AfterEach
    void dropRoles() throws SQLException {
        if (roles != null) {
            roles.close();
        }
    }

    @Test
    void aCandidateReadsAndWritesRowsAndDestroysNothing() throws Exception {
        String candidate = roles.granted("candidate");
        roles.as(candidate, INSERT_LEASE);
        roles.as(candidate, INSERT_TERM);
        for (String allowed : READS) {
            roles.as(candidate, allowed);
        }
        roles.as(candidate, "select * from app_leader_lease for update");
        roles.as(candidate, RENEW);
        roles.as(candidate, END_TERM);
        for (String allowed : PRESENCE) {
            roles.as(candidate, allowed);
        }
        assertNoDestruction(candidate);
    }

    @Test
    void anObserverOnlyReads() throws Exception {
        String candidate = roles.granted("candidate");
        roles.as(candidate, INSERT_LEASE);
        roles.as(candidate, INSERT_TERM);
        String observer = roles.granted("observer");
        for (String allowed : READS) {
            roles.as(observer, allowed);
        }
        for (String refused : List.of(INSERT_LEASE, INSERT_TERM, RENEW, END_TERM)) {
            roles.assertDenied(observer, refused);
        }
        for (String refused : PRESENCE) {
            roles.assertDenied(observer, refused);
        }
        if (tested.engine() != MARIADB) { // where whoever may select may also lock rows
            roles.assertDenied(observer, "select * from app_leader_lease for update");
        }
        assertNoDestruction(observer);
    }

    @Test
    void nobodyElseReads() throws Exception {
        String stranger = roles.stranger();
        for (String table : List.of("leader_lease", "leader_term", "leader_status")) {
            // on MySQL and MariaDB the login to the database is refused already
            roles.assertDenied(stranger, "select * from " + roles.schema() + ".app_" + table);
        }
    }

    private void assertNoDestruction(String role) {
        RoleStatements.destruction(roles.postgresql()).forEach(refused -> roles.assertDenied(role, refused));
    }
}
