package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The server closes connections that stand idle for less than a heartbeat. */
final class IdleTimeoutTest {

    private static final Duration TTL = Duration.ofSeconds(9);
    private static final int HEARTBEATS = 3;

    @ParameterizedTest
    @EnumSource(
            value = DatabaseUnderTest.class,
            names = {"POSTGRESQL", "MYSQL", "MARIADB"})
    void eachHeartbeatFindsItsConnectionClosedAndTheLeaseIsKept(DatabaseUnderTest tested) throws Exception {
        try (TestDatabase database = tested.fresh();
                LogCapture log = LogCapture.of("io.github.leaderlease")) {
            LeaseMigrations.migrate(database.dataSource());
            try (Member a =
                    Member.join(database, impatient(database), "idle", TTL).leading()) {
                long token = a.token();
                Sql.awaitRenewals(database, 1);
                Sql.awaitRenewals(database, HEARTBEATS);
                assertThat(a.token()).isEqualTo(token);
                await().untilAsserted(() -> assertThat(log.warnings())
                        .filteredOn(line -> line.startsWith("node idle: connections are closed"))
                        .singleElement()
                        .asString()
                        .contains("idle_session_timeout", "wait_timeout", "proxy"));
            }
        }
    }

    private static String impatient(TestDatabase database) throws SQLException {
        if (database.engine() == Engine.POSTGRESQL) {
            Sql.run(database, "alter database " + database.name() + " set idle_session_timeout = '1s'");
            return database.url();
        }
        return database.url() + (database.url().contains("?") ? "&" : "?") + "sessionVariables=wait_timeout=1";
    }
}
