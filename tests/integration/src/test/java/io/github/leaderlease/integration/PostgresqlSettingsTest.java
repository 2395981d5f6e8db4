package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** What a server, a role, a URL or a pool may have set on PostgreSQL: we lead, fence and resign all the same. */
@ParameterizedClass
@EnumSource(
        value = DatabaseUnderTest.class,
        names = {"POSTGRESQL", "POSTGRESQL_OLDEST"})
final class PostgresqlSettingsTest {

    private static final Map<DatabaseUnderTest, TestDatabase> DATABASES = new EnumMap<>(DatabaseUnderTest.class);

    private final TestDatabase database;

    PostgresqlSettingsTest(DatabaseUnderTest tested) throws SQLException {
        this.database = HostileSession.prepared(DATABASES, tested);
    }

    @AfterAll
    static void drop() {
        DATABASES.values().forEach(TestDatabase::close);
        DATABASES.clear();
    }

    /** As many at once as do not contradict each other. */
    static final List<String> SETTINGS = List.of(
            "standard_conforming_strings=off backslash_quote=off quote_all_identifiers=on transform_null_equals=on"
                    + " array_nulls=off bytea_output=escape DateStyle=SQL,DMY IntervalStyle=sql_standard"
                    + " TimeZone=Pacific/Chatham extra_float_digits=-15 lc_messages=C",
            "default_transaction_isolation=serializable default_transaction_deferrable=on"
                    + " session_replication_role=replica row_security=off synchronous_commit=off enable_indexscan=off"
                    + " enable_hashjoin=off plan_cache_mode=force_generic_plan");

    @ParameterizedTest
    @FieldSource("SETTINGS")
    void itLeadsAllTheSame(String setting) throws SQLException {
        HostileSession.leadFenceResign(database, with(setting));
    }

    @Test
    void aReadOnlySessionIsNamed() {
        assertThatThrownBy(() -> HostileSession.leadFenceResign(database, with("default_transaction_read_only=on")))
                .isInstanceOf(LeaderLeaseException.class)
                .hasMessageContaining("default_transaction_read_only");
    }

    private String with(String settings) {
        String options = "-c " + settings.replace(" ", " -c ");
        return database.url() + (database.url().contains("?") ? "&" : "?") + "options="
                + URLEncoder.encode(options, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
