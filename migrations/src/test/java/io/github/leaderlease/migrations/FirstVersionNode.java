package io.github.leaderlease.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A node that knows the tables as V1 made them, with statements that it prepared at its start. */
final class FirstVersionNode implements AutoCloseable {

    static final String INSERT_TERM = "insert into leader_term (election_name, token, holder_id, node_name, metadata,"
            + " ttl_ms, started_at) values ('job', ?, 'h', 'n', 'at-n', 1000, current_timestamp)";

    private final Connection connection;
    private final PreparedStatement renew;
    private final PreparedStatement openTerm;
    private final PreparedStatement endTerm;
    private final PreparedStatement insertTerm;
    private final PreparedStatement lease;

    FirstVersionNode(TestDatabase database) throws SQLException {
        connection = database.connection();
        renew = connection.prepareStatement(
                "update leader_lease set renewal = renewal + 1 where election_name = 'job'");
        openTerm =
                connection.prepareStatement("select l.renewal, t.token, t.holder_id, t.node_name, t.metadata, t.ttl_ms,"
                        + " t.started_at from leader_lease l join leader_term t on t.election_name = l.election_name"
                        + " and t.token = l.token and t.ended_at is null where l.election_name = 'job'");
        endTerm = connection.prepareStatement("update leader_term set ended_at = current_timestamp,"
                + " end_reason = 'EXPIRED' where election_name = 'job' and ended_at is null");
        insertTerm = connection.prepareStatement(INSERT_TERM);
        lease = connection.prepareStatement(
                "update leader_lease set token = ?, holder_id = 'h' where election_name = 'job'");
    }

    void createElection() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("insert into leader_lease (election_name, token, renewal, ttl_ms, renewed_at, expires_at,"
                    + " acquired_incarnation) values ('job', 1, 1, 1000, current_timestamp, current_timestamp, 'one')");
        }
    }

    void renew() throws SQLException {
        assertThat(renew.executeUpdate()).isEqualTo(1);
    }

    /** The token of the open term. */
    long openTerm() throws SQLException {
        try (ResultSet row = openTerm.executeQuery()) {
            assertThat(row.next()).isTrue();
            return row.getLong("token");
        }
    }

    void takeOver(long token) throws SQLException {
        connection.setAutoCommit(false);
        endTerm.executeUpdate();
        lease.setLong(1, token);
        assertThat(lease.executeUpdate()).isEqualTo(1);
        insertTerm.setLong(1, token);
        assertThat(insertTerm.executeUpdate()).isEqualTo(1);
        connection.commit();
        connection.setAutoCommit(true);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
