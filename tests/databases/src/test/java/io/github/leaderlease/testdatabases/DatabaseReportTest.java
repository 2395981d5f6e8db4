package io.github.leaderlease.testdatabases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class DatabaseReportTest {
    @TempDir
    Path folder;

    // not the records of this build, which these invented servers would falsify
    private final List<DatabaseRecord> records = new ArrayList<>();

    @Test
    void aProductThatOnlyWasAbsentIsMissing() {
        new DatabaseRecord(DatabaseUnderTest.MYSQL.name(), DatabaseRecord.Outcome.ABSENT, "core", "no folder", "")
                .write(folder);
        new DatabaseRecord(DatabaseUnderTest.H2_SERVER.name(), DatabaseRecord.Outcome.RAN, "core", "own process", "2.5")
                .write(folder);
        assertThat(DatabaseReport.read(folder).missingEngines())
                .containsExactly("PostgreSQL", "MySQL", "MariaDB", "PgBouncer");
    }

    @Test
    void aVersionThatWeDoNotSupportDoesNotCount() {
        new DatabaseRecord(
                        DatabaseUnderTest.MYSQL_8_0_15.name(),
                        DatabaseRecord.Outcome.RAN,
                        "core",
                        "from Maven",
                        "8.0.15")
                .write(folder);
        assertThat(DatabaseReport.read(folder).missingEngines()).contains("MySQL");
        new DatabaseRecord(
                        DatabaseUnderTest.MYSQL_8_0.name(), DatabaseRecord.Outcome.RAN, "core", "from Maven", "8.0.31")
                .write(folder);
        assertThat(DatabaseReport.read(folder).missingEngines()).doesNotContain("MySQL");
    }

    @Test
    void aFailedServerDidNotRun() {
        new DatabaseRecord(DatabaseUnderTest.MARIADB.name(), DatabaseRecord.Outcome.FAILED, "core", "ended", "")
                .write(folder);
        assertThat(DatabaseReport.read(folder).missingEngines()).contains("MariaDB");
        assertThat(DatabaseReport.read(folder).table()).contains("ended");
        assertThat(DatabaseReport.read(folder).failures()).containsExactly("MARIADB in core: ended");
    }

    @Test
    void aDatabaseThatNoTestAskedForIsUnused() {
        assertThat(DatabaseReport.read(folder).isEmpty()).isTrue();
        new DatabaseRecord(DatabaseUnderTest.MYSQL.name(), DatabaseRecord.Outcome.ABSENT, "cli", "no folder", "")
                .write(folder);
        assertThat(DatabaseReport.read(folder).isEmpty()).isFalse();
        assertThat(DatabaseReport.read(folder).unused())
                .contains("MARIADB", "H2_MEMORY")
                .doesNotContain("MYSQL", "MYSQL_8_0_15");
    }

    @Test
    void theTableShowsModulesAndReasons() {
        new DatabaseRecord(DatabaseUnderTest.POSTGRESQL.name(), DatabaseRecord.Outcome.RAN, "core", "embedded", "18.6")
                .write(folder);
        new DatabaseRecord(DatabaseUnderTest.POSTGRESQL.name(), DatabaseRecord.Outcome.RAN, "cli", "embedded", "18.6")
                .write(folder);
        new DatabaseRecord(DatabaseUnderTest.MYSQL.name(), DatabaseRecord.Outcome.ABSENT, "cli", "no folder", "")
                .write(folder);
        List<String> lines = DatabaseReport.read(folder).table().lines().toList();
        assertThat(lines).anyMatch(line -> line.matches("POSTGRESQL +RAN +18.6 +cli, core +embedded"));
        assertThat(lines).anyMatch(line -> line.matches("MYSQL +ABSENT +cli +no folder"));
        assertThat(lines).anyMatch(line -> line.startsWith("H2_MEMORY ") && line.contains("no test asked for it"));
    }

    @Test
    void withoutRecordsEverythingIsMissing() {
        assertThat(DatabaseReport.read(folder.resolve("none")).missingEngines())
                .containsExactly("H2", "PostgreSQL", "MySQL", "MariaDB", "PgBouncer");
    }

    @Test
    void theFirstSourceThatIsOpenIsTaken() {
        SharedServer server = new SharedServer(
                DatabaseUnderTest.H2_MEMORY, List.of(closed("first"), H2Source.memory()), records::add);
        assertThat(server.require().origin()).isEqualTo("in memory");
    }

    @Test
    void aDatabaseWithoutASourceAbortsTheTestWithEveryReason() {
        SharedServer server =
                new SharedServer(DatabaseUnderTest.H2_MEMORY, List.of(closed("first"), closed("second")), records::add);
        assertThatThrownBy(server::require)
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("first is closed; second is closed");
        assertThat(records).extracting(DatabaseRecord::outcome).containsExactly(DatabaseRecord.Outcome.ABSENT);
    }

    @Test
    void aServerThatShouldRunAndDoesNotIsNoAbort() {
        SharedServer server = new SharedServer(
                DatabaseUnderTest.H2_MEMORY,
                List.of((tested, alone) -> {
                    throw new IllegalStateException("ended after " + Duration.ofSeconds(1));
                }),
                records::add);
        assertThatThrownBy(server::require).isInstanceOf(IllegalStateException.class);
        assertThat(records).extracting(DatabaseRecord::outcome).containsExactly(DatabaseRecord.Outcome.FAILED);
    }

    private static Source closed(String name) {
        return (tested, alone) -> {
            throw new AbsentException(name + " is closed");
        };
    }
}
