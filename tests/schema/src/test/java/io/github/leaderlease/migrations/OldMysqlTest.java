package io.github.leaderlease.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

final class OldMysqlTest {

    @Test
    void warnsThatChecksAreNotEnforced() {
        assertThat(warnings(DatabaseUnderTest.MYSQL_8_0_15))
                .singleElement()
                .asString()
                .contains("MySQL 8.0.15 does not enforce CHECK", "MySQL from 8.0.16");
    }

    @ParameterizedTest
    @EnumSource(names = {"MYSQL", "MARIADB", "POSTGRESQL", "H2_MEMORY"})
    void otherwiseThereIsNothingToWarnOf(DatabaseUnderTest tested) {
        assertThat(warnings(tested)).isEmpty();
    }

    /** Without those of tests that run beside this one, or that are about their tables. */
    private static List<String> warnings(DatabaseUnderTest tested) {
        Logger logger = (Logger) LoggerFactory.getLogger(LeaseMigrations.class);
        ListAppender<ILoggingEvent> heard = new ListAppender<>();
        heard.start();
        try (TestDatabase database = tested.fresh()) {
            logger.addAppender(heard);
            LeaseMigrations.migrate(database.dataSource());
        } finally {
            logger.detachAppender(heard);
        }
        return heard.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .filter(event ->
                        event.getThreadName().equals(Thread.currentThread().getName()))
                .map(ILoggingEvent::getFormattedMessage)
                .filter(warning -> !warning.contains("nodes that use different ones do not compete"))
                .toList();
    }
}
