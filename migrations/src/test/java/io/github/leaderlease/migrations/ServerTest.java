package io.github.leaderlease.migrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServerTest {

    @ParameterizedTest
    @CsvSource({
        "PostgreSQL, 'PostgreSQL 14.0 on x86_64', POSTGRESQL",
        "PostgreSQL, 'PostgreSQL 18.6 (Debian 18.6-1) on aarch64', POSTGRESQL",
        "PostgreSQL, 'PostgreSQL 19beta1 on x86_64', POSTGRESQL",
        "MySQL, 8.0.16, MYSQL",
        "MySQL, 9.7.4-2, MYSQL",
        "MySQL, 8.0.15, MYSQL",
        "MariaDB, 10.6.0-MariaDB, MARIADB",
        "MariaDB, 11.4.5-MariaDB-log, MARIADB",
        "H2, 2.2.220, H2",
        "H2, 2.5.252, H2"
    })
    void acceptsWhatIsSupported(String product, String version, Database engine) {
        assertThat(Server.of(product, version).engine()).isEqualTo(engine);
    }

    @ParameterizedTest
    @CsvSource({
        "PostgreSQL, 'PostgreSQL 13.22 on x86_64', PostgreSQL from 14",
        "MySQL, 5.7.44, MySQL from 8.0.16",
        "MariaDB, 10.5.28-MariaDB, MariaDB from 10.6",
        "H2, 2.1.214, H2 from 2.2.220",
        "H2, 2.2.219, H2 from 2.2.220"
    })
    void refusesWhatIsTooOld(String product, String version, String supported) {
        assertThatThrownBy(() -> Server.of(product, version))
                .isInstanceOf(LeaseMigrationException.class)
                .hasMessageContaining(product + " " + version + " is too old")
                .hasMessageContaining(supported);
    }

    @ParameterizedTest
    @CsvSource({
        "Oracle, Oracle Database 23ai",
        "PostgreSQL, CockroachDB CCL v24.1.0",
        "PostgreSQL, PostgreSQL 15.2-YB-2.25.0.0",
        "MySQL, 8.0.11-TiDB-v8.5.0",
        "MySQL, 8.0.30-Vitess"
    })
    void refusesWhatItDoesNotKnow(String product, String version) {
        assertThatThrownBy(() -> Server.of(product, version))
                .isInstanceOf(LeaseMigrationException.class)
                .hasMessageContaining("'" + product + "'")
                .hasMessageContaining("'" + version + "'")
                .hasMessageContaining("PostgreSQL from 14, MySQL from 8.0.16, MariaDB from 10.6, H2 from 2.2.220");
    }

    @Test
    void onlyMysqlBefore8016IgnoresChecks() {
        assertThat(Server.of("MySQL", "8.0.15").ignoresChecks()).isTrue();
        assertThat(Server.of("MySQL", "8.0.16").ignoresChecks()).isFalse();
        assertThat(Server.of("H2", "2.5.252").ignoresChecks()).isFalse();
    }
}
