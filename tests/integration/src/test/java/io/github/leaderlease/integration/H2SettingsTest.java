package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The modes of H2. */
final class H2SettingsTest {

    /** The mode belongs to the database or to the session, so each has a database of its own. */
    @ParameterizedTest
    @FieldSource("MODES")
    void itLeadsInEachModeOfH2(String mode) throws SQLException {
        try (TestDatabase database = DatabaseUnderTest.H2_MEMORY.fresh()) {
            String url = database.url() + ";" + mode;
            LeaseMigrations.migrate(database.dataSource(url));
            Sql.run(database, "create table work (nr bigint not null)");
            HostileSession.leadFenceResign(database, url);
        }
    }

    static final List<String> MODES = List.of(
            "MODE=MySQL",
            "MODE=MariaDB",
            "MODE=PostgreSQL",
            "MODE=Oracle",
            "MODE=MSSQLServer",
            "MODE=DB2",
            "MODE=Derby",
            "MODE=HSQLDB",
            "MODE=LEGACY",
            "DEFAULT_NULL_ORDERING=HIGH;NON_KEYWORDS=VALUE,KEY,USER;LOCK_TIMEOUT=1");

    @ParameterizedTest
    @FieldSource("REFUSED_BY_US")
    void whatCannotWorkOnH2IsRefusedByItsName(String setting) throws SQLException {
        try (TestDatabase database = DatabaseUnderTest.H2_MEMORY.fresh()) {
            String url = database.url() + ";" + setting;
            LeaseMigrations.migrate(database.dataSource(url));
            assertThatThrownBy(() -> HostileSession.join(database, url))
                    .isInstanceOf(LeaderLeaseException.class)
                    .hasMessageContaining(setting.substring(0, setting.indexOf('=')));
        }
    }

    static final List<String> REFUSED_BY_US = List.of("LOCK_MODE=0", "IGNORECASE=TRUE");
}
