package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.LeaseCoordinatorBuilder;
import io.github.leaderlease.migrations.LeaseMigrationException;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two nodes that use two sets of tables both lead. So a node uses the set that is there, or refuses to start. */
final class WhoseTablesTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private TestDatabase database;
    private String user = "";

    @AfterEach
    void drop() throws SQLException {
        if (database != null) {
            if (!user.isEmpty()) {
                Grants.drop(database, user);
            }
            database.close();
        }
    }

    /** The case that made two leaders for 43 s. */
    @Test
    void aSchemaThatAppearsOnTheSearchPathChangesNothing() throws Exception {
        application();
        try (Member a = member("a").leading()) {
            Sql.run(database, "create schema " + user + " authorization " + user);
            assertThat(migrations().pending()).isEmpty();
            assertThat(migrations().migrate()).isEmpty();
            migrations().check();
            assertThat(Sql.list(
                            database,
                            "select table_schema from information_schema.tables where table_name = 'leader_lease'"))
                    .containsExactly("public");
            try (Member b = member("b")) {
                b.follow("a", SOON);
                assertThat(b.election().isLeader()).isFalse();
                a.leave();
                b.lead(SOON);
            }
        }
    }

    @Test
    void twoSetsOnTheSearchPathAreRefusedWithBothNamesAndChosenOnesAreFine() throws Exception {
        application();
        try (Member a = member("a").leading()) {
            Sql.run(database, "create schema " + user + " authorization " + user);
            assertThat(migrations().schema(user).migrate()).isNotEmpty();
            String both = user + ".leader_lease and public.leader_lease";
            assertThatThrownBy(() -> member("b"))
                    .isInstanceOf(LeaderLeaseException.class)
                    .hasMessageContainingAll("two sets of tables", both, "schema(...)", "--schema");
            for (Runnable call : new Runnable[] {
                () -> migrations().migrate(),
                () -> migrations().pending(),
                () -> migrations().check()
            }) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(LeaseMigrationException.class)
                        .hasMessageContainingAll("two sets of tables", both, "schema(");
            }
            try (Member other = Member.join(builder("c").schema(user).build(), election -> election);
                    Member same = Member.join(builder("d").schema("public").build(), election -> election)) {
                other.lead(SOON);
                same.follow("a", SOON);
            }
            assertThat(a.election().isLeader()).isTrue();
        }
    }

    /** Following the message must not make a second set by the way. */
    @Test
    void tablesOffTheSearchPathAreNamedBeforeASetOfItsOwnIs() throws Exception {
        application();
        Sql.run(
                database,
                "create schema elsewhere authorization " + user,
                "alter role " + user + " set search_path = elsewhere");
        assertThatThrownBy(() -> member("b"))
                .isInstanceOf(LeaderLeaseException.class)
                .hasMessageContaining("there is one in schema public")
                .hasMessageMatching(
                        "(?s).*choose it with schema\\(\\.\\.\\.\\) or the option --schema.*lead beside each other"
                                + ".*only if this is to be another set.*--migrate.*");
    }

    @Test
    void aSearchPathThatChangesWhileANodeRunsDoesNotMoveIt() throws Exception {
        application();
        LeaseCoordinator coordinator = builder("a")
                .ttl(Duration.ofSeconds(10))
                .heartbeat(Duration.ofSeconds(1))
                .build();
        try (Member a = Member.join(coordinator, election -> election).leading()) {
            Sql.run(database, "alter role " + user + " set search_path = nowhere");
            cutConnections();
            Sql.awaitAllRenewed(database, SOON);

            Sql.run(database, "create schema other authorization " + user);
            LeaseMigrations.on(database.dataSource()).schema("other").migrate();
            Grants.run(database, "candidate", "other", user);
            Sql.run(database, "alter role " + user + " set search_path = other");
            cutConnections();
            a.events().awaitLine(SOON, "lost own EXPIRED", 1); // refused, for nodes that start now use the other set
            assertThat(Sql.list(database, "select token from other.leader_lease"))
                    .isEmpty();
        }
    }

    private void cutConnections() throws SQLException {
        Sql.list(database, "select pg_terminate_backend(pid) from pg_stat_activity where usename = '" + user + "'");
    }

    @Test
    void aSchemaThatMayNotBeUsedIsNamed() throws Exception {
        application();
        Sql.run(database, "revoke usage on schema public from public", "revoke usage on schema public from " + user);
        assertThatThrownBy(() -> member("b"))
                .isInstanceOf(LeaderLeaseException.class)
                .hasMessageContainingAll(
                        "one in schema public, which this user may not use", "grant usage on schema public to " + user)
                .hasMessageNotContaining("primary key");
        Sql.run(database, "create schema " + user + " authorization " + user);
        assertThatThrownBy(() -> migrations().migrate())
                .isInstanceOf(LeaseMigrationException.class)
                .hasMessageContainingAll("grant usage on schema public");
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MYSQL", "MARIADB", "H2_MEMORY"})
    void whatIsNoOrdinaryTableIsRefusedByItsKind(DatabaseUnderTest tested) throws Exception {
        database = tested.fresh();
        LeaseMigrations.on(database.dataSource()).tablePrefix("real_").migrate();
        Sql.run(
                database,
                "create view leader_lease as select * from real_leader_lease",
                "create view leader_term as select * from real_leader_term");
        assertThatThrownBy(() -> LeaseCoordinator.builder(database.dataSource()).build())
                .isInstanceOf(LeaderLeaseException.class)
                .message()
                .containsIgnoringCase("leader_lease is not an ordinary table but a view")
                .contains("choose a table prefix");
    }

    @Test
    void aTableThatACrashEmptiesIsRefused() throws Exception {
        database = DatabaseUnderTest.POSTGRESQL.fresh();
        LeaseMigrations.migrate(database.dataSource());
        Sql.run(database, "alter table leader_lease set unlogged");
        assertThatThrownBy(() -> LeaseCoordinator.builder(database.dataSource()).build())
                .hasMessageContaining("unlogged table, which a crash of the server empties");
    }

    @Test
    void rowLevelSecurityIsToldAsTheTrueCauseUnlessItHidesNothing() throws Exception {
        application();
        Sql.run(database, "alter table leader_lease enable row level security");
        assertThatThrownBy(() -> member("b"))
                .isInstanceOf(LeaderLeaseException.class)
                .hasMessageContainingAll(
                        "row level security is active on public.leader_lease for this database user (" + user + ")",
                        "disable row level security")
                .hasMessageNotContaining("insert and update");
        Sql.run(database, "create policy all_rows on leader_lease for all to " + user + " using (true)");
        try (Member b = member("b")) {
            b.leading();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"H2_MEMORY", "MYSQL", "MARIADB"})
    void namesThatDifferOnlyInCaseMakeNoSecondSet(DatabaseUnderTest tested) throws Exception {
        database = tested.fresh();
        String quote = tested.engine() == Engine.H2 ? "\"" : "`";
        Sql.run(database, "create table " + quote + "App_leader_lease" + quote + " (id int)");
        assertThatThrownBy(() -> LeaseMigrations.on(database.dataSource())
                        .tablePrefix("app_")
                        .migrate())
                .isInstanceOf(LeaseMigrationException.class)
                .hasMessageContaining("App_leader_lease, which differs from");
    }

    @Test
    void theSearchPathOfH2IsFollowed() throws Exception {
        database = DatabaseUnderTest.H2_MEMORY.fresh();
        LeaseMigrations.on(database.dataSource()).schema("shared").migrate();
        String url = database.url() + ";SCHEMA_SEARCH_PATH=SHARED";
        assertThat(LeaseMigrations.on(database.dataSource(url)).migrate()).isEmpty();
        try (LeaseCoordinator coordinator = LeaseCoordinator.builder(database.dataSource(url))
                        .nodeName("a")
                        .build();
                Member a = Member.join(coordinator, election -> election)) {
            a.leading();
            assertThat(Sql.list(database, "select node_name from shared.leader_term"))
                    .containsExactly("a");
        }
        LeaseMigrations.migrate(database.dataSource());
        assertThatThrownBy(
                        () -> LeaseCoordinator.builder(database.dataSource(url)).build())
                .hasMessageContaining("PUBLIC.LEADER_LEASE and SHARED.LEADER_LEASE");
    }

    /** Tables in public, owned by somebody else, and a user of the application's with the rights of a candidate. */
    private void application() throws Exception {
        database = DatabaseUnderTest.POSTGRESQL.fresh();
        user = Grants.user(database, "app");
        Sql.run(database, "grant create on database " + database.name() + " to " + user);
        LeaseMigrations.migrate(database.dataSource());
        Grants.run(database, "candidate", user);
        Sql.run(database, "grant select on leader_lease_history to " + user);
    }

    private LeaseMigrations migrations() {
        org.postgresql.ds.PGSimpleDataSource source = new org.postgresql.ds.PGSimpleDataSource();
        source.setUrl(database.url());
        source.setUser(user);
        source.setPassword(Grants.PASSWORD);
        return LeaseMigrations.on(source);
    }

    private LeaseCoordinatorBuilder builder(String node) {
        return LeaseCoordinator.builder(database.url(), user, Grants.PASSWORD)
                .nodeName(node)
                .closeOnShutdown(false);
    }

    private Member member(String node) {
        return Member.join(builder(node).ttl(Duration.ofSeconds(20)).build(), election -> election);
    }
}
