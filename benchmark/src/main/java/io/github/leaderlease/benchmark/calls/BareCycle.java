package io.github.leaderlease.benchmark.calls;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The same statements in the same transactions by plain JDBC, which looks at no answer. */
final class BareCycle implements Cycle {

    private final Connection connection;
    private final StoreCycle.Recorded recorded;
    private long token;

    /** The connection is closed with this. */
    BareCycle(Connection connection, StoreCycle.Recorded recorded) {
        this.connection = connection;
        this.recorded = recorded;
        this.token = recorded.newToken();
    }

    /** The token of the new term may be the server's choice, so it is looked up, which is not part of the time. */
    @Override
    public long[] run() throws Exception {
        long before = token;
        long acquired = Cycle.time(() -> replay(recorded.acquire(), before, before + 1));
        long next = one("select token from leader_lease where election_name = '" + recorded.election() + "'");
        long renewed = Cycle.time(() -> replay(recorded.renew(), before, next));
        long released = Cycle.time(() -> replay(recorded.release(), before, next));
        token = next;
        return new long[] {acquired, renewed, released};
    }

    private void replay(List<Step> steps, long before, long next) throws SQLException {
        for (Step step : steps) {
            step.run(connection, value -> {
                if (value.equals(recorded.newToken())) {
                    return next;
                }
                return value.equals(recorded.oldToken()) ? (Object) before : value;
            });
        }
    }

    /** Whether the statements did what the store does: a benchmark of updates that hit no row would be worth nothing. */
    void verify() throws SQLException {
        if (token == recorded.newToken()
                || one("select count(*) from leader_term where ended_at is not null and election_name = '"
                                + recorded.election() + "' and token = " + token)
                        != 1) {
            throw new IllegalStateException("the bare statements have not opened and ended the term " + token);
        }
    }

    private long one(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
