package io.github.leaderlease.testdatabases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

@ForEachDatabase({Engine.H2, Engine.POSTGRESQL, Engine.MYSQL, Engine.MARIADB})
class DatabaseUnderTestTest {
    @Parameter
    DatabaseUnderTest tested;

    private TestServer server;

    @BeforeEach
    void require() {
        server = tested.require();
    }

    @Test
    void tellsItsProductAndVersion() throws SQLException {
        try (TestDatabase database = server.fresh();
                Connection connection = database.connection()) {
            String version = text(connection, tested.engine().versionQuery());
            assertThat(server.version()).isEqualTo(version);
            assertThat(server.label()).startsWith(tested.engine().title() + " " + version + " (");
            assertThat(isMariadb(connection)).isEqualTo(tested.engine() == Engine.MARIADB);
        }
    }

    @Test
    void isSharedByAllWhoAsk() {
        assertThat(tested.require()).isSameAs(server);
        assertThatThrownBy(server::crash)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("startPrivate");
        server.close();
        tested.fresh().close();
    }

    @Test
    void freshDatabasesAreEmptyAndApart() throws SQLException {
        try (TestDatabase one = server.fresh();
                TestDatabase other = server.fresh();
                Connection inOne = one.connection();
                Connection inOther = other.connection()) {
            execute(inOne, "create table t (id int primary key)", "insert into t values (1)");
            execute(inOther, "create table t (id int primary key)");
            assertThat(text(inOne, "select count(*) from t")).isEqualTo("1");
            assertThat(text(inOther, "select count(*) from t")).isEqualTo("0");
        }
    }

    @Test
    void closingDropsTheDatabaseUnderOpenTransactions() throws SQLException {
        TestDatabase database = server.fresh();
        Connection left = database.connection();
        execute(left, "create table t (id int primary key)");
        left.setAutoCommit(false);
        execute(left, "insert into t values (1)");
        database.close();
        assertThatThrownBy(() -> execute(left, "insert into t values (2)")).isInstanceOf(SQLException.class);
        left.abort(Runnable::run);
    }

    @Test
    void everyDriverOfTheProductConnects() throws SQLException {
        try (TestDatabase database = server.fresh()) {
            for (Driver driver : tested.engine().drivers()) {
                try (Connection connection =
                        database.dataSource(database.urlFor(driver)).getConnection()) {
                    assertThat(text(connection, tested.engine().versionQuery())).isEqualTo(server.version());
                }
            }
        }
    }

    @Test
    void refusesAWrongPassword() throws SQLException {
        try (TestDatabase database = server.fresh()) {
            // H2 makes a database, with its password, at the first login
            database.connection().close();
            DataSource wrong = tested.engine().ownDriver().dataSource(database.url(), database.user(), "wrong");
            assertThatThrownBy(wrong::getConnection).isInstanceOf(SQLException.class);
        }
    }

    private boolean isMariadb(Connection connection) throws SQLException {
        return tested.engine() != Engine.H2
                && text(connection, "select version()").contains("MariaDB");
    }

    static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    static void execute(Connection connection, String... texts) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String text : texts) {
                statement.execute(text);
            }
        }
    }
}
