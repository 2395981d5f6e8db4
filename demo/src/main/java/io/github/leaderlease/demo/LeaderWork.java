package io.github.leaderlease.demo;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.NotLeaderException;
import io.github.leaderlease.WorkerFence;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a leader does in the play of the fence: the same work twice, once without the fence and once with it. It comes in
 * two halves, so that the demo can stop the process in between. Used by one thread.
 */
final class LeaderWork {

    private final NodeSettings settings;
    private final LeaderElection election;
    private final Consumer<NodeReport> reports;
    private @Nullable Begun begun;

    LeaderWork(NodeSettings settings, LeaderElection election, Consumer<NodeReport> reports) {
        this.settings = settings;
        this.election = election;
        this.reports = reports;
    }

    /** Two transactions with a row each, ready to be committed. */
    private record Begun(Leadership term, Connection unfenced, Connection fenced) {}

    private interface Step {
        void run() throws SQLException;
    }

    /** First half: begin and write, as a leader. */
    void write() {
        attempt(() -> {
            Connection unfenced = open(settings.database());
            Connection fenced = open(settings.database());
            boolean leading = election.isLeader();
            Leadership term = election.leadership()
                    .orElseThrow(() ->
                            new IllegalStateException("the node has lost leadership, so it has nothing to write"));
            insert(Scratch.UNFENCED, unfenced, term);
            insert(Scratch.FENCED, fenced, term);
            begun = new Begun(term, unfenced, fenced);
            reports.accept(new NodeReport.Wrote(System.nanoTime(), term.fencingToken(), leading));
        });
    }

    /** Second half: commit. */
    void commit() {
        attempt(() -> {
            Begun work = begun;
            if (work == null) {
                throw new IllegalStateException("nothing was written that could be committed");
            }
            try (Connection unfenced = work.unfenced();
                    Connection fenced = work.fenced()) {
                unfenced.commit();
                reports.accept(
                        new NodeReport.Committed(System.nanoTime(), work.term().fencingToken(), false));
                commitFenced(work.term(), fenced);
            }
        });
    }

    private void commitFenced(Leadership term, Connection connection) throws SQLException {
        if (mayCommit(term, connection)) {
            connection.commit();
            reports.accept(new NodeReport.Committed(System.nanoTime(), term.fencingToken(), true));
        } else {
            connection.rollback();
            reports.accept(new NodeReport.RolledBack(System.nanoTime(), term.fencingToken()));
        }
    }

    /** After a sleep the process's own clock refuses first. What if the clock had slept as well? So ask the database, too. */
    private boolean mayCommit(Leadership term, Connection connection) {
        return passes(term, () -> term.fence(connection))
                || passes(
                        term,
                        () -> WorkerFence.create(null, settings.tablePrefix())
                                .fence(connection, term.election(), term.fencingToken(), term.holderId()));
    }

    private boolean passes(Leadership term, Runnable fence) {
        try {
            fence.run();
            return true;
        } catch (NotLeaderException e) {
            reports.accept(new NodeReport.Refused(
                    System.nanoTime(),
                    term.fencingToken(),
                    e.inDatabase(),
                    e.reason().map(Enum::name).orElse(""),
                    String.valueOf(e.getMessage())));
            return false;
        }
    }

    private void attempt(Step step) {
        try {
            step.run();
        } catch (SQLException | RuntimeException e) {
            reports.accept(new NodeReport.WorkFailed(System.nanoTime(), String.valueOf(e.getMessage())));
        }
    }

    private void insert(Scratch table, Connection connection, Leadership term) throws SQLException {
        Scratch.Row row = new Scratch.Row(term.fencingToken(), term.node(), System.nanoTime());
        table.insert(connection, settings.tablePrefix(), row);
    }

    /** In a transaction that the server lets stand idle for as long as the process may be stopped. */
    static Connection open(DatabaseAddress database) throws SQLException {
        Connection connection = database.connect();
        try (Statement statement = connection.createStatement()) {
            for (String setting : patience(connection)) {
                statement.execute(setting);
            }
        }
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        return connection;
    }

    private static List<String> patience(Connection connection) throws SQLException {
        return switch (connection.getMetaData().getDatabaseProductName()) {
            case "PostgreSQL" ->
                List.of("select set_config(name, '0', false) from pg_settings"
                        + " where name in ('idle_in_transaction_session_timeout', 'transaction_timeout')");
            case "MySQL", "MariaDB" -> mysqlPatience(connection);
            default -> List.of();
        };
    }

    /** Only MariaDB has timeouts for idle transactions, but by Connector/J it may call itself MySQL. */
    private static List<String> mysqlPatience(Connection connection) throws SQLException {
        List<String> settings = new ArrayList<>(List.of("set session wait_timeout = 28800"));
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show session variables like 'idle%transaction_timeout'")) {
            while (row.next()) {
                settings.add("set session " + row.getString(1) + " = 0");
            }
        }
        return settings;
    }
}
