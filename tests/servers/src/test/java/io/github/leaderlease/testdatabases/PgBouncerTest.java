package io.github.leaderlease.testdatabases;

import static io.github.leaderlease.testdatabases.DatabaseUnderTestTest.execute;
import static io.github.leaderlease.testdatabases.DatabaseUnderTestTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class PgBouncerTest {
    private static final String SERVER_SESSION = "select pg_backend_pid()";

    private TestDatabase database;

    @BeforeEach
    void begin() {
        database = DatabaseUnderTest.POSTGRESQL.fresh();
    }

    @AfterEach
    void end() {
        database.close();
    }

    @Test
    void manyClientsShareFewServerSessions() throws SQLException {
        try (PgBouncer pooler = PgBouncer.before(database, 2)) {
            List<Connection> clients = new ArrayList<>();
            try {
                for (int i = 0; i < 20; i++) {
                    clients.add(pooler.dataSource().getConnection());
                    text(clients.get(i), "select 1");
                }
                String sessions = "select count(*) from pg_stat_activity where datname = current_database()";
                assertThat(Integer.parseInt(text(clients.get(0), sessions))).isBetween(1, 2);
            } finally {
                for (Connection client : clients) {
                    client.close();
                }
            }
        }
    }

    /** What a client sets for its session stays behind on the server's, for whoever comes next. */
    @Test
    void aServerSessionBelongsToAClientForOneTransactionOnly() throws SQLException {
        try (PgBouncer pooler = PgBouncer.before(database, 2);
                Connection one = pooler.dataSource().getConnection();
                Connection other = pooler.dataSource().getConnection()) {
            one.setAutoCommit(false);
            String session = text(one, SERVER_SESSION);
            assertThat(text(one, SERVER_SESSION)).isEqualTo(session);
            assertThat(text(other, SERVER_SESSION)).isNotEqualTo(session);
            execute(one, "set lock_timeout = 1234");
            one.commit();
            other.setAutoCommit(false);
            assertThat(text(other, SERVER_SESSION)).as("the one used last").isEqualTo(session);
            assertThat(text(other, "show lock_timeout")).isEqualTo("1234ms");
            assertThat(text(one, "show lock_timeout")).isEqualTo("0");
            other.commit();
            one.commit();
        }
    }

    @Test
    void itsEndEndsItsClients() throws SQLException {
        PgBouncer pooler = PgBouncer.before(database, 2);
        try (Connection client = pooler.dataSource().getConnection()) {
            text(client, "select 1");
            pooler.close();
            assertThatThrownBy(() -> text(client, "select 1")).isInstanceOf(SQLException.class);
        }
        assertThatThrownBy(() -> pooler.dataSource().getConnection()).isInstanceOf(SQLException.class);
    }

    @Test
    void aMissingBinaryAbortsTheTestAndIsReported() {
        List<DatabaseRecord> records = new ArrayList<>();
        assertThatThrownBy(() -> PgBouncer.before(database, 2, "/nowhere/pgbouncer", records::add))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("LEADER_LEASE_TEST_PGBOUNCER=/nowhere/pgbouncer");
        assertThat(records).extracting(DatabaseRecord::outcome).containsExactly(DatabaseRecord.Outcome.ABSENT);
        assertThat(records).extracting(DatabaseRecord::tested).containsExactly(PgBouncer.NAME);
    }
}
