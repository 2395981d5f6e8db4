package io.github.leaderlease.migrations;

import static io.github.leaderlease.migrations.RoleStatements.END_TERM;
import static io.github.leaderlease.migrations.RoleStatements.INSERT_LEASE;
import static io.github.leaderlease.migrations.RoleStatements.INSERT_TERM;
import static io.github.leaderlease.migrations.RoleStatements.RENEW;
import static io.github.leaderlease.testdatabases.DatabaseUnderTest.MYSQL_8_0_15;
import static io.github.leaderlease.testdatabases.Engine.MARIADB;
import static io.github.leaderlease.testdatabases.Engine.MYSQL;
import static io.github.leaderlease.testdatabases.Engine.POSTGRESQL;
import static java.sql.Connection.TRANSACTION_READ_COMMITTED;
import static java.sql.Connection.TRANSACTION_REPEATABLE_READ;
import static java.sql.Connection.TRANSACTION_SERIALIZABLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.ForEachDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which roles can fence, and that the role made for it can do nothing else. */
@ForEachDatabase({POSTGRESQL, MYSQL, MARIADB})
final class FenceRoleTest {

    private static final List<Integer> ISOLATIONS =
            List.of(TRANSACTION_READ_COMMITTED, TRANSACTION_REPEATABLE_READ, TRANSACTION_SERIALIZABLE);
    private static final List<String> TERM_CHANGES = List.of(
            "election_name = 'other'",
            "token = 8",
            "holder_id = 'me'",
            "node_name = 'me'",
            "metadata = 'me'",
            "ttl_ms = 1",
            "started_at = timestamp '2026-01-01 00:00:00'",
            "ended_at = started_at",
            "end_reason = 'EXPIRED'",
            "fence_touch = fence_touch + 1, holder_id = 'me'");

    private final DatabaseUnderTest tested;
    private Roles roles;

    FenceRoleTest(DatabaseUnderTest tested) {
        this.tested = tested;
    }

    @BeforeEach
    void open() throws Exception {
        roles = Roles.on(tested);
    }

    @AfterEach
    void dropRoles() throws SQLException {
        if (roles != null) {
            roles.close();
        }
    }

    @Test
    void theFenceRoleCanFenceAndSoCanACandidate() throws Exception {
        roles.ownerMigrates();
        String candidate = roles.granted("candidate");
        insertOpenTerm(candidate);
        assertCanFence(candidate);
        assertCanFence(roles.granted("fence"));
    }

    @Test
    void theFenceRoleChangesNothing() throws Exception {
        roles.ownerMigrates();
        insertOpenTerm(roles.granted("candidate"));
        String fence = roles.granted("fence");
        List<Map<String, Object>> before = tables();

        for (String refused : List.of(INSERT_LEASE, RENEW, INSERT_TERM, END_TERM)) {
            roles.assertDenied(fence, refused);
        }
        for (String change : TERM_CHANGES) {
            roles.assertDenied(fence, "update app_leader_term set " + change);
        }
        for (String secret : List.of(
                "app_leader_lease", "app_leader_installation", "app_leader_status", "app_leader_lease_history")) {
            roles.assertDenied(fence, "select * from " + secret);
        }
        RoleStatements.destruction(roles.postgresql()).forEach(refused -> roles.assertDenied(fence, refused));
        roles.assertDenied(
                fence,
                roles.postgresql()
                        ? "begin; lock table app_leader_term in share mode"
                        : "lock tables app_leader_term write");

        assertThat(tables()).isEqualTo(before);
    }

    @Test
    void anObserverNeitherTouchesATermNorLocksItWhereTheDatabaseCanRefuse() throws Exception {
        roles.ownerMigrates();
        insertOpenTerm(roles.granted("candidate"));
        String observer = roles.granted("observer");
        if (roles.postgresql()) {
            // whatever the isolation level, for the statement that locks the row is part of the text
            roles.assertDenied(observer, FenceStatements.POSTGRESQL);
            roles.assertDenied(observer, "select token from app_leader_term for key share");
        } else if (tested == MYSQL_8_0_15) {
            roles.assertDenied(observer, FenceStatements.SHARED);
        } else { // MariaDB, and MySQL from 8.0.22, where whoever may select may also take share locks
            roles.as(observer, FenceStatements.SHARED);
        }
        roles.assertDenied(observer, FenceStatements.TOUCH);
    }

    private void insertOpenTerm(String candidate) throws SQLException {
        roles.as(candidate, INSERT_LEASE);
        roles.as(candidate, INSERT_TERM);
    }

    private List<Map<String, Object>> tables() throws SQLException {
        List<Map<String, Object>> rows = new ArrayList<>();
        rows.addAll(roles.admin().rows("select * from " + roles.schema() + ".app_leader_lease"));
        rows.addAll(roles.admin().rows("select * from " + roles.schema() + ".app_leader_term"));
        assertThat(rows).hasSize(2);
        return rows;
    }

    private void assertCanFence(String role) throws SQLException {
        for (int isolation : ISOLATIONS) {
            for (FenceStatements fence : FenceStatements.of(tested)) {
                assertHoldsOffATakeover(role, isolation, fence);
            }
        }
    }

    private void assertHoldsOffATakeover(String role, int isolation, FenceStatements fence) throws SQLException {
        try (Connection worker = roles.login(role)) {
            worker.setAutoCommit(false);
            worker.setTransactionIsolation(isolation);
            fence.assertFinds(worker, isolation);
            assertThat(takeoverCouldStart(isolation))
                    .as("%s during %s at isolation %d", role, fence, isolation)
                    .isFalse();
            worker.rollback();
            assertThat(takeoverCouldStart(isolation)).isTrue();
        }
    }

    /** Whether the term's row, or on PostgreSQL at READ COMMITTED the advisory lock, is to be had without waiting. */
    private boolean takeoverCouldStart(int isolation) throws SQLException {
        if (roles.postgresql() && isolation == TRANSACTION_READ_COMMITTED) {
            List<Map<String, Object>> got =
                    roles.admin().rows("select pg_try_advisory_xact_lock(1279607123, 42) as got");
            return (Boolean) got.get(0).get("got");
        }
        String free = "select token from " + roles.schema()
                + ".app_leader_term where election_name = 'job' and token = 7" + " for update skip locked";
        return !roles.admin().rows(free).isEmpty();
    }
}
