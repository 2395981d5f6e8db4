package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Managed servers, on which some functions are revoked, or refuse to answer. Played by a role that finds others first. */
final class ManagedPostgresqlTest {

    private static final Duration TTL = Duration.ofSeconds(10);

    private TestDatabase database;
    private String role;

    @BeforeEach
    void migrate() throws Exception {
        database = DatabaseUnderTest.POSTGRESQL.fresh();
        LeaseMigrations.migrate(database.dataSource());
        role = "app_" + database.name();
        Sql.run(
                database,
                "create role " + role + " login password 'app'",
                "grant select, insert, update on leader_lease, leader_term to " + role,
                "grant select on leader_installation to " + role,
                "create schema fake",
                "grant usage on schema fake to " + role);
    }

    @AfterEach
    void drop() throws Exception {
        Sql.run(database, "drop owned by " + role, "drop role " + role);
        database.close();
    }

    /** As Aurora's writer answers: with the words of a standby. */
    private void refuse(String function, String type, String state) throws Exception {
        Sql.run(
                database,
                "create function fake." + function + "() returns " + type
                        + " language plpgsql as $$ begin raise exception '" + function
                        + " cannot be asked here' using errcode = '" + state + "'; end $$",
                "alter role " + role + " set search_path = fake, pg_catalog, public");
    }

    private String leadAndTellTheIncarnation() throws Exception {
        try (Member member = Member.join(
                LeaseCoordinator.builder(database.url(), role, "app")
                        .nodeName("managed")
                        .schema("public")
                        .ttl(TTL)
                        .closeOnShutdown(false)
                        .build(),
                election -> election)) {
            member.leading();
            return Sql.one(database, "select acquired_incarnation from leader_lease");
        }
    }

    private List<String> expected(String parts) throws Exception {
        return Sql.list(database, "select concat_ws('/', " + parts + ")");
    }

    @ParameterizedTest
    @ValueSource(strings = {"55000", "42501", "0A000"})
    void withoutThePositionInTheWalTheClusterAndItsStartTell(String state) throws Exception {
        refuse("pg_current_wal_lsn", "pg_lsn", state);
        assertThat(expected("(select system_identifier from pg_control_system()),"
                        + " extract(epoch from pg_postmaster_start_time())"))
                .containsExactly(leadAndTellTheIncarnation());
    }

    @ParameterizedTest
    @ValueSource(strings = {"42501"})
    void withoutTheControlFileTheStartAloneTells(String state) throws Exception {
        refuse("pg_current_wal_lsn", "pg_lsn", "55000");
        refuse("pg_control_system", "table (system_identifier bigint)", state);
        assertThat(expected("extract(epoch from pg_postmaster_start_time())"))
                .containsExactly(leadAndTellTheIncarnation());
    }

    /** Whatever the functions say of the WAL: a server in recovery is one that accepts no writes. */
    @ParameterizedTest
    @ValueSource(strings = {"55000", "none"})
    void aStandbyIsRefusedAsAReplica(String state) throws Exception {
        if (!state.equals("none")) {
            refuse("pg_current_wal_lsn", "pg_lsn", state);
        }
        Sql.run(
                database,
                "create function fake.pg_is_in_recovery() returns boolean language sql as 'select true'",
                "alter role " + role + " set search_path = fake, pg_catalog, public");
        assertThatThrownBy(() -> LeaseCoordinator.builder(database.url(), role, "app")
                        .schema("public")
                        .build())
                .hasMessageContaining("accepts no writes")
                .hasMessageContaining("connect to the primary");
    }
}
