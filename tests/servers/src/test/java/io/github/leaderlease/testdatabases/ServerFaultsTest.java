package io.github.leaderlease.testdatabases;

import static io.github.leaderlease.testdatabases.DatabaseUnderTestTest.execute;
import static io.github.leaderlease.testdatabases.DatabaseUnderTestTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServerFaultsTest {
    @ParameterizedTest
    @EnumSource(names = "H2_MEMORY", mode = EnumSource.Mode.EXCLUDE)
    void aCommittedRowSurvivesACrash(DatabaseUnderTest tested) throws SQLException {
        try (TestServer server = tested.startPrivate();
                TestDatabase database = server.fresh()) {
            int port = server.port();
            try (Connection connection = database.connection()) {
                execute(connection, "create table t (id int primary key)", "insert into t values (7)");
                server.crash();
                assertThatThrownBy(() -> text(connection, "select id from t")).isInstanceOf(SQLException.class);
            }
            assertThatThrownBy(database::connection).isInstanceOf(SQLException.class);
            server.start();
            assertThat(server.port()).isEqualTo(port);
            try (Connection connection = database.connection()) {
                assertThat(text(connection, "select id from t")).isEqualTo("7");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "H2_MEMORY", mode = EnumSource.Mode.EXCLUDE)
    void aFrozenServerAnswersWhenItIsThawed(DatabaseUnderTest tested) throws Exception {
        try (TestServer server = tested.startPrivate();
                TestDatabase database = server.fresh();
                Connection connection = database.connection()) {
            server.freeze();
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> one(connection));
            assertThatThrownBy(() -> answer.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            server.thaw();
            assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("1");
        }
    }

    @ParameterizedTest
    @EnumSource(names = "H2_MEMORY", mode = EnumSource.Mode.EXCLUDE)
    void aFrozenServerCanBeCrashed(DatabaseUnderTest tested)
            throws SQLException, ExecutionException, InterruptedException {
        try (TestServer server = tested.startPrivate();
                TestDatabase database = server.fresh()) {
            try (Connection connection = database.connection()) {
                server.freeze();
                CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> one(connection));
                server.crash();
                assertThatThrownBy(answer::get).hasRootCauseInstanceOf(Exception.class);
            }
            assertThatThrownBy(server::thaw)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("DOWN");
        }
    }

    @Test
    void aServerThatHasEndedByItselfIsStartedAgainOnItsData() throws SQLException {
        try (TestServer server = DatabaseUnderTest.MARIADB.startPrivate();
                TestDatabase database = server.fresh()) {
            server.revive();
            try (Connection connection = database.connection()) {
                execute(connection, "create table t (id int primary key)", "insert into t values (7)");
            }
            try (Connection admin = server.connect(server.endpoint().adminDatabase())) {
                execute(admin, "shutdown");
            }
            await().atMost(1, TimeUnit.MINUTES).until(server::hasEnded);
            server.revive();
            try (Connection connection = database.connection()) {
                assertThat(text(connection, "select id from t")).isEqualTo("7");
            }
        }
    }

    private static String one(Connection connection) {
        try {
            return text(connection, "select 1");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
