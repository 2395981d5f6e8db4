package io.github.leaderlease.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.DatabaseReport;
import io.github.leaderlease.testdatabases.Leg;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Runs in the last module: tells which databases the tests of the whole build ran on, and in CI insists on all. */
class DatabasesThatRanTest {
    @Test
    void everyProductRanInCi() {
        DatabaseReport report = DatabaseReport.read();
        System.out.println("Databases of this build:\n" + report.table());
        assertThat(report.table())
                .contains(Arrays.stream(Leg.values()).map(Leg::name).toList());
        if ("true".equals(System.getenv("CI"))) {
            assertThat(report.missingEngines())
                    .as("products that no test of this build ran on; the table above says why")
                    .isEmpty();
        }
    }
}
