package io.github.leaderlease.integration;

import static io.github.leaderlease.integration.Member.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.LeaseCoordinatorBuilder;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A coordinator that shares the application's pool. */
final class PoolTest {

    private static final Duration TTL = Duration.ofSeconds(2);

    /**
     * For how many heartbeats the application holds all other connections. That renewals go on is what counts, however
     * long a lease lasts; {@code -Dpool.starvation.renewals=120} takes a minute.
     */
    private static final int STARVED_RENEWALS = Integer.getInteger("pool.starvation.renewals", 6);

    private TestDatabase database;
    private HikariDataSource pool;

    @AfterEach
    void tidyUp() {
        if (pool != null) {
            pool.close();
        }
        if (database != null) {
            database.close();
        }
    }

    private HikariConfig config(DatabaseUnderTest tested, int size) {
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setUsername(database.user());
        config.setPassword(database.password());
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(400);
        return config;
    }

    private LeaseCoordinatorBuilder coordinator() {
        return LeaseCoordinator.builder(pool).nodeName("a").ttl(TTL).closeOnShutdown(false);
    }

    private LeaseCoordinatorBuilder steady() {
        return LeaseCoordinator.builder(pool)
                .nodeName("a")
                .ttl(Member.STEADY)
                .heartbeat(Duration.ofMillis(500))
                .closeOnShutdown(false);
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "H2_MEMORY"})
    void anApplicationThatHoldsAllOtherConnectionsDoesNotCostTheLease(DatabaseUnderTest tested) throws Exception {
        pool = new HikariDataSource(config(tested, 5));
        try (Member a = Member.join(steady().build(), election -> election).leading()) {
            awaitOurs(tested);
            long token = a.token();
            List<Connection> held = new ArrayList<>();
            try {
                for (int i = 0; i < 5 - ours(tested); i++) {
                    held.add(pool.getConnection());
                }
                assertThatThrownBy(() -> pool.getConnection()).isInstanceOf(SQLTransientConnectionException.class);
                for (int renewed = 0; renewed < STARVED_RENEWALS; renewed++) {
                    Sql.awaitRenewals(database, 1);
                }
                assertThatThrownBy(() -> pool.getConnection()).isInstanceOf(SQLTransientConnectionException.class);
            } finally {
                for (Connection connection : held) {
                    connection.close();
                }
            }
            assertThat(a.token()).isEqualTo(token);
            assertThat(a.events().story()).containsExactly("acquired");
        }
    }

    /** The settings that we touch, and values for them that are nobody's default. */
    private static Map<String, String> settings(DatabaseUnderTest tested) {
        return switch (tested) {
            case POSTGRESQL ->
                Map.of(
                        "lock_timeout", "set lock_timeout = 12345",
                        "statement_timeout", "set statement_timeout = 23456",
                        "idle_in_transaction_session_timeout", "set idle_in_transaction_session_timeout = 34567");
            case MYSQL, MYSQL_8_0_15, MARIADB ->
                Map.of(
                        "sql_mode",
                        "set session sql_mode = 'ANSI_QUOTES'",
                        "innodb_lock_wait_timeout",
                        "set session innodb_lock_wait_timeout = 17",
                        "lock_wait_timeout",
                        "set session lock_wait_timeout = 18",
                        "wait_timeout",
                        "set session wait_timeout = 1234",
                        tested == DatabaseUnderTest.MARIADB ? "max_statement_time" : "max_execution_time",
                        tested == DatabaseUnderTest.MARIADB
                                ? "set session max_statement_time = 19"
                                : "set session max_execution_time = 19000");
            default -> Map.of("lock_timeout", "set lock_timeout 3210");
        };
    }

    private static String query(DatabaseUnderTest tested, String setting) {
        return switch (tested) {
            case POSTGRESQL -> "show " + setting;
            case MYSQL, MYSQL_8_0_15, MARIADB -> "select @@session." + setting;
            default -> "select " + setting + "()";
        };
    }

    private static Map<String, String> read(DatabaseUnderTest tested, Connection connection) throws SQLException {
        Map<String, String> values = new TreeMap<>();
        for (String setting : settings(tested).keySet()) {
            values.put(setting, Sql.list(connection, query(tested, setting)).get(0));
        }
        values.put("JDBC autocommit", String.valueOf(connection.getAutoCommit()));
        values.put("JDBC isolation", String.valueOf(connection.getTransactionIsolation()));
        values.put("JDBC network timeout", String.valueOf(connection.getNetworkTimeout()));
        connection.rollback();
        return values;
    }

    /** All connections at once, so that each one is seen. */
    private List<Map<String, String>> readAll(DatabaseUnderTest tested) throws SQLException {
        return onAll(connection -> read(tested, connection));
    }

    /** On PostgreSQL one listens. */
    private static int ours(DatabaseUnderTest tested) {
        return tested == DatabaseUnderTest.POSTGRESQL ? 3 : 2;
    }

    private void awaitOurs(DatabaseUnderTest tested) {
        await().atMost(SOON).until(() -> pool.getHikariPoolMXBean().getActiveConnections() == ours(tested));
    }

    private interface Use<T> {
        T of(Connection connection) throws SQLException;
    }

    private <T> List<T> onAll(Use<T> use) throws SQLException {
        List<Connection> connections = new ArrayList<>();
        List<T> results = new ArrayList<>();
        try {
            for (int i = 0; i < pool.getMaximumPoolSize(); i++) {
                connections.add(pool.getConnection());
                results.add(use.of(connections.get(i)));
            }
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
        return results;
    }

    private void applyAll(DatabaseUnderTest tested) throws SQLException {
        String[] statements = settings(tested).values().toArray(String[]::new);
        List<Boolean> set = onAll(connection -> {
            Sql.run(connection, statements);
            connection.commit();
            return true;
        });
        assertThat(set).hasSize(pool.getMaximumPoolSize());
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MYSQL", "MYSQL_8_0_15", "MARIADB", "H2_MEMORY"})
    void afterCloseTheConnectionsAreBackInThePoolWithTheSettingsThatTheyHad(DatabaseUnderTest tested) throws Exception {
        HikariConfig config = config(tested, ours(tested));
        config.setAutoCommit(false);
        config.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
        pool = new HikariDataSource(config);
        applyAll(tested);
        List<Map<String, String>> before = readAll(tested);
        try (Member a = Member.join(steady().build(), election -> election).leading()) {
            Sql.awaitRenewals(database, 1);
            awaitOurs(tested);
            a.leave();
            assertThat(pool.getHikariPoolMXBean().getActiveConnections())
                    .as("after close()")
                    .isZero();
        }
        assertThat(readAll(tested)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "H2_MEMORY"})
    void aRefusedStartLeavesThePoolAsItWas(DatabaseUnderTest tested) throws Exception {
        HikariConfig config = config(tested, 2);
        config.setAutoCommit(false);
        pool = new HikariDataSource(config);
        applyAll(tested);
        List<Map<String, String>> before = readAll(tested);
        assertThatThrownBy(() -> coordinator().tablePrefix("nowhere_").build())
                .hasMessageContaining("nowhere_leader_lease");
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        assertThat(readAll(tested)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(value = DatabaseUnderTest.class, names = "H2_MEMORY")
    void aPoolThatMayWaitLongerThanAnAttemptIsWarnedOfWithBothNumbers(DatabaseUnderTest tested) {
        HikariConfig config = config(tested, 3);
        config.setConnectionTimeout(30_000);
        pool = new HikariDataSource(config);
        try (LogCapture log = LogCapture.of(LeaseCoordinator.class);
                LeaseCoordinator built = coordinator().build()) {
            assertThat(built.nodeName()).isEqualTo("a");
            assertThat(log.warnings())
                    .filteredOn(line -> line.startsWith("the DataSource"))
                    .singleElement()
                    .asString()
                    .contains("may wait 30 s", "may take only 400 ms", "shorten the pool's connection timeout");
        }
    }
}
