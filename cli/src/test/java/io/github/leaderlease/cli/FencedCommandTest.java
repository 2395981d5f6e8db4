package io.github.leaderlease.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.leaderlease.WorkerFence;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The SQL that docs/run.md offers to commands in any language, with the environment that {@code run} gave to a command:
 * it lets a transaction commit in its term, holds off the end of the term until then, and refuses afterwards.
 */
final class FencedCommandTest {

    private static final int READ_COMMITTED = Connection.TRANSACTION_READ_COMMITTED;
    private static final int REPEATABLE_READ = Connection.TRANSACTION_REPEATABLE_READ;

    private ToolBench bench;
    private final List<Connection> connections = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (Connection connection : connections) {
            connection.close();
        }
        bench.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POSTGRESQL | PostgreSQL     | 2 | 4
            MARIADB    | MySQL, MariaDB | 4 | 4
            H2_SERVER  | H2             | 2 | 2
            """)
    void commitsInItsTermAndNotAfterwards(DatabaseUnderTest tested, String heading, int first, int second)
            throws Exception {
        bench = new ToolBench(tested);
        FencedSql usual = FencedSql.documented(heading, 0);
        // H2 has one text for all; MariaDB's second is for clusters, PostgreSQL's for stricter isolation
        FencedSql other = FencedSql.documented(heading, tested == DatabaseUnderTest.H2_SERVER ? 0 : 1);
        Tool tool = bench.run("n1", List.of("sh", "-c", "env >&2; echo environment-told >&2; exec sleep 1000"));
        Map<String, String> environment = environment(tool);
        execute("create table written (who int not null)");

        Connection inTime = begin(first, 1);
        Connection late = begin(first, 2);
        Connection inTimeToo = begin(second, 3);
        Connection lateToo = begin(second, 4);
        assertThat(usual.allows(inTime, environment)).isTrue();
        holdsOffTheEndOfTheTerm(tested, inTime, environment);
        inTime.commit();
        assertThat(other.allows(inTimeToo, environment)).isTrue();
        holdsOffTheEndOfTheTerm(tested, inTimeToo, environment);
        inTimeToo.commit();
        if (tested == DatabaseUnderTest.POSTGRESQL) {
            Connection stricter = begin(REPEATABLE_READ, 5);
            assertThat(usual.allows(stricter, environment))
                    .as("the text for READ COMMITTED, at another level")
                    .isFalse();
            stricter.rollback();
        }
        tool.signal("TERM");
        assertThat(tool.awaitExit()).isEqualTo(143);

        assertThat(allows(usual, late, environment)).isFalse();
        late.rollback();
        assertThat(allows(other, lateToo, environment)).isFalse();
        lateToo.rollback();
        assertThat(written()).containsExactlyInAnyOrder(1, 3);
    }

    private static Map<String, String> environment(Tool tool) throws InterruptedException {
        tool.awaitLine("environment-told");
        Map<String, String> environment = tool.err().stream()
                .filter(line -> line.startsWith("LEADER_LEASE_"))
                .collect(Collectors.toMap(line -> line.split("=", 2)[0], line -> line.split("=", 2)[1]));
        assertThat(environment)
                .containsEntry("LEADER_LEASE_ELECTION", "e")
                .containsEntry("LEADER_LEASE_FENCE_KEY", "-270894502");
        return environment;
    }

    /** Whatever ends a term must wait for exactly what the library's own fence holds. */
    private void holdsOffTheEndOfTheTerm(DatabaseUnderTest tested, Connection fenced, Map<String, String> environment)
            throws SQLException {
        Connection other = open(READ_COMMITTED);
        if (tested == DatabaseUnderTest.POSTGRESQL) {
            WorkerFence.create()
                    .fence(
                            other,
                            environment.get("LEADER_LEASE_ELECTION"),
                            Long.parseLong(environment.get("LEADER_LEASE_TOKEN")),
                            environment.get("LEADER_LEASE_HOLDER"));
            assertThat(advisoryLocks(fenced)).hasSize(1).isEqualTo(advisoryLocks(other));
        } else {
            String take = "select 1 from leader_term where election_name = 'e' for update nowait";
            assertThatThrownBy(() -> execute(other, take)).isInstanceOf(SQLException.class);
        }
        other.rollback();
    }

    private static List<String> advisoryLocks(Connection connection) throws SQLException {
        String held = "select concat_ws('/', database, classid, objid, objsubid, mode) from pg_locks"
                + " where locktype = 'advisory' and pid = pg_backend_pid() and granted";
        List<String> locks = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(held)) {
            while (row.next()) {
                locks.add(row.getString(1));
            }
        }
        return locks;
    }

    /** As docs/run.md says: an error is a refusal, too, and 40001 the one to expect. */
    private static boolean allows(FencedSql sql, Connection connection, Map<String, String> environment)
            throws SQLException {
        try {
            return sql.allows(connection, environment);
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("40001");
            return false;
        }
    }

    private Connection open(int isolation) throws SQLException {
        Connection connection = bench.database().connection();
        connections.add(connection);
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(isolation);
        return connection;
    }

    private Connection begin(int isolation, int who) throws SQLException {
        assertThat(List.of(READ_COMMITTED, REPEATABLE_READ)).contains(isolation);
        Connection connection = open(isolation);
        execute(connection, "insert into written values (" + who + ")");
        return connection;
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = bench.database().connection()) {
            execute(connection, sql);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<Integer> written() throws SQLException {
        List<Integer> written = new ArrayList<>();
        try (Connection connection = bench.database().connection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select who from written")) {
            while (row.next()) {
                written.add(row.getInt(1));
            }
        }
        return written;
    }
}
