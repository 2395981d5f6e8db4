package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Driver;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** What a server, a user, a URL or a pool may have set on MySQL and MariaDB: we lead, fence and resign all the same. */
@ParameterizedClass
@EnumSource(
        value = DatabaseUnderTest.class,
        names = {"MYSQL", "MARIADB", "MARIADB_10_11"})
final class MysqlSettingsTest {

    private static final Map<DatabaseUnderTest, TestDatabase> DATABASES = new EnumMap<>(DatabaseUnderTest.class);

    private final TestDatabase database;

    MysqlSettingsTest(DatabaseUnderTest tested) throws SQLException {
        this.database = HostileSession.prepared(DATABASES, tested);
    }

    @AfterAll
    static void drop() {
        DATABASES.values().forEach(TestDatabase::close);
        DATABASES.clear();
    }

    /** As many at once as do not contradict each other. */
    static final List<String> SETTINGS = List.of(
            "sql_mode='ANSI_QUOTES',sql_select_limit=1",
            "sql_mode='ANSI,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,HIGH_NOT_PRECEDENCE,NO_UNSIGNED_SUBTRACTION',"
                    + "completion_type='CHAIN',transaction_isolation='SERIALIZABLE'",
            "sql_mode='',sql_safe_updates=1,sql_auto_is_null=1,unique_checks=0,autocommit=0,time_zone='-11:00',"
                    + "collation_connection='latin1_german2_ci',transaction_isolation='READ-UNCOMMITTED'");

    @ParameterizedTest
    @FieldSource("SETTINGS")
    void itLeadsAllTheSame(String setting) throws SQLException {
        for (Driver driver : database.engine().drivers()) {
            HostileSession.leadFenceResign(database, with(driver, setting));
        }
    }

    static final List<String> OF_MARIADB = List.of(
            "sql_mode='ORACLE',check_constraint_checks=0",
            "sql_mode='MSSQL,SIMULTANEOUS_ASSIGNMENT,EMPTY_STRING_IS_NULL,TIME_ROUND_FRACTIONAL'");

    @ParameterizedTest
    @FieldSource("OF_MARIADB")
    void alsoUnderWhatOnlyMariadbHas(String setting) throws SQLException {
        if (database.engine() == Engine.MARIADB) {
            itLeadsAllTheSame(setting);
        } else {
            assertThatThrownBy(() -> database.dataSource(with(Driver.CONNECTOR_J, setting))
                            .getConnection())
                    .isInstanceOf(SQLException.class);
        }
    }

    /** The application's own commits do: it wanted that. */
    @Test
    void ourCommitsCloseNoConnection() throws SQLException {
        for (Driver driver : database.engine().drivers()) {
            HostileSession.forget(database);
            try (Member node = HostileSession.join(database, with(driver, "completion_type='RELEASE'"))) {
                Leadership unused = node.lead(Duration.ofMinutes(1));
                node.awaitRenewed();
                node.election().resign().join();
                node.events().awaitStory(Duration.ofMinutes(1), "acquired", "lost own RESIGNED");
            }
        }
    }

    @Test
    void aReadOnlySessionIsNamed() {
        String variable = database.engine() == Engine.MARIADB ? "tx_read_only" : "transaction_read_only";
        for (Driver driver : database.engine().drivers()) {
            assertThatThrownBy(() -> HostileSession.leadFenceResign(database, with(driver, variable + "=1")))
                    .isInstanceOf(LeaderLeaseException.class)
                    .hasMessageContaining(variable);
        }
    }

    private String with(Driver driver, String setting) {
        String known = database.engine() == Engine.MARIADB
                ? setting.replace("transaction_isolation", "tx_isolation")
                : setting;
        return database.urlFor(driver) + "&sessionVariables=" + known.replace("%", "%25");
    }
}
