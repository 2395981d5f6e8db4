package io.github.leaderlease.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.leaderlease.testdatabases.DatabaseReport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs in the last module: tells which databases the tests of the whole build ran on, and insists on what it can have. */
class DatabasesThatRanTest {

    private static final boolean CI = "true".equals(System.getenv("CI"));

    private static final DatabaseReport REPORT = DatabaseReport.read();

    @BeforeAll
    static void tell() {
        System.out.println("Databases of this build:\n" + REPORT.table());
    }

    private static void assumeThatTheWholeBuildRan() {
        boolean part = REPORT.isEmpty() || System.getProperty("leaderlease.databases") != null;
        assumeFalse(part && !CI, "only a part of the build ran");
    }

    @Test
    void inCiASupportedVersionOfEveryProductRan() {
        assumeFalse(!CI, "a machine need not have every server, CI must");
        assertThat(REPORT.missingEngines())
                .as("products of which no supported version ran; the table above says why")
                .isEmpty();
    }

    @Test
    void noServerThatIsHereFailed() {
        assumeThatTheWholeBuildRan();
        assertThat(REPORT.failures()).isEmpty();
    }

    @Test
    void aTestAskedForEachSupportedServer() {
        assumeThatTheWholeBuildRan();
        assertThat(REPORT.unused()).isEmpty();
    }
}
