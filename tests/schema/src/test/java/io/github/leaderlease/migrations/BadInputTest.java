package io.github.leaderlease.migrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BadInputTest {

    private static final String URL = "jdbc:h2:mem:bad-input";
    private static final LeaseMigrations MIGRATIONS = LeaseMigrations.on(new LoginDataSource(URL, "sa", ""));

    @ParameterizedTest
    @ValueSource(strings = {"1a", "a-b", "a b", "a;drop", "\u00e9_", "a\"", "a.b", "a\n"})
    void refusesAPrefixThatIsNoName(String prefix) {
        assertThatThrownBy(() -> MIGRATIONS.tablePrefix(prefix))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("table prefix '" + prefix + "' must match ([A-Za-z_][A-Za-z0-9_]{0,30})?");
        assertThatThrownBy(() -> LeaseMigrations.writeSql(new StringBuilder(), Database.H2, prefix))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesAPrefixThatIsTooLong() {
        assertThatThrownBy(() -> MIGRATIONS.tablePrefix("p".repeat(32))).isInstanceOf(IllegalArgumentException.class);
        assertThatCode(() -> MIGRATIONS.tablePrefix("p".repeat(31))).doesNotThrowAnyException();
        assertThatCode(() -> MIGRATIONS.tablePrefix("")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1a", "a-b", "a b", "a;drop", "a.b"})
    void refusesASchemaThatIsNoName(String schema) {
        assertThatThrownBy(() -> MIGRATIONS.schema(schema))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("schema '" + schema + "' must match [A-Za-z_][A-Za-z0-9_]{0,62}");
    }

    @Test
    void refusesASchemaThatIsTooLong() {
        assertThatThrownBy(() -> MIGRATIONS.schema("s".repeat(64))).isInstanceOf(IllegalArgumentException.class);
        assertThatCode(() -> MIGRATIONS.schema("s".repeat(63))).doesNotThrowAnyException();
    }

    @Test
    void refusesToSetTwice() {
        assertThatThrownBy(() -> MIGRATIONS.schema("a").schema("b"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("schema is 'a' already, cannot set 'b'");
        assertThatThrownBy(() -> MIGRATIONS.tablePrefix("").tablePrefix("b_"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("table prefix is '' already, cannot set 'b_'");
    }

    @Test
    void saysThatTheDatabaseCannotBeReached() {
        DataSource closed = new LoginDataSource("jdbc:h2:tcp://127.0.0.1:1/none", "sa", "");
        assertThatThrownBy(() -> LeaseMigrations.migrate(closed))
                .isInstanceOf(LeaseMigrationException.class)
                .hasMessageContaining("cannot ask the database (SQLState 90067)");
    }

    @Test
    void refusesAnUnknownDatabase() {
        DataSource oracle = answering(DataSource.class, answering(Connection.class, null));
        assertThatThrownBy(() -> LeaseMigrations.migrate(oracle))
                .isInstanceOf(LeaseMigrationException.class)
                .hasMessageContaining("no migration for the database 'Oracle', version '23.1'");
    }

    /** An object that knows its product, its version and how to get to the next object. */
    private static <T> T answering(Class<T> type, Connection connection) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> switch (method.getName()) {
                    case "getConnection" -> connection;
                    case "getMetaData" -> answering(DatabaseMetaData.class, null);
                    case "getDatabaseProductName" -> "Oracle";
                    case "getDatabaseProductVersion" -> "23.1";
                    case "close" -> null;
                    default -> throw new UnsupportedOperationException(method.getName());
                }));
    }

    @Test
    void refusesAnUnknownEngineName() {
        assertThat(Database.of("PostgreSQL")).isEqualTo(Database.POSTGRESQL);
        assertThatThrownBy(() -> Database.of("oracle"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown database 'oracle': choose one of postgresql, mysql, mariadb, h2");
    }
}
