package io.github.leaderlease.cli;

import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.jdbc.Installation;
import io.github.leaderlease.jdbc.TableSearch;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.TableNames;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code leader-lease status}: who leads what, as the tables say. */
@Command(
        name = "status",
        description = "Lists elections, their leaders, tokens and the time left.",
        footer = {
            "",
            "Exit status: 0; 1 if the database cannot be read; 2 for bad options; 3 if there is no such election."
        })
@SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // picocli sets and reads the fields
final class StatusCommand implements Callable<Integer> {

    private static final int NO_SUCH_ELECTION = 3;
    private static final int SECONDS_TO_CONNECT = 10;
    private static final int SECONDS_TO_ANSWER = 10;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ssxxx", Locale.ROOT);

    @Spec
    private CommandSpec spec;

    @Mixin
    private DatabaseOptions database;

    @Mixin
    private Log log;

    @Option(names = "--election", paramLabel = "NAME", description = "Only this election.")
    private @Nullable String election;

    @Option(names = "--format", defaultValue = "text", description = "A table (text) or a JSON object per line (json).")
    private Log.Format format;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Override
    public Integer call() throws SQLException {
        database.check();
        Status status = read();
        List<ElectionStatus> elections = status.elections();
        PrintWriter out = spec.commandLine().getOut();
        if (format == Log.Format.json) {
            elections.forEach(row -> out.println(Json.object(fields(row, status))));
        } else {
            if (!elections.isEmpty()) {
                TextTable.lines(table(elections)).forEach(out::println);
                out.println();
            }
            List<CandidateStatus> candidates = status.candidates();
            if (candidates != null && !candidates.isEmpty()) {
                TextTable.lines(CandidateStatus.table(candidates)).forEach(out::println);
                out.println();
            }
            out.println("tables " + status.installation());
        }
        out.flush();
        if (!elections.isEmpty()) {
            return 0;
        }
        String nothing = election == null
                ? "no elections yet: nobody has ever stood for one in this database"
                : "no election '" + election + "': nobody has ever stood for it in this database";
        spec.commandLine().getErr().println(nothing);
        return election == null ? 0 : NO_SUCH_ELECTION;
    }

    /**
     * What the tables say, and which tables: nodes that show another installation are no rivals of these.
     *
     * @param candidates of the one election that was asked for; null if none was, or if they cannot be read
     */
    private record Status(
            Installation installation,
            List<ElectionStatus> elections,
            @Nullable List<CandidateStatus> candidates) {}

    private Map<String, @Nullable Object> fields(ElectionStatus row, Status status) {
        Map<String, @Nullable Object> fields = row.fields(status.installation());
        if (election != null) {
            List<CandidateStatus> candidates = status.candidates();
            fields.put(
                    "candidates",
                    candidates == null
                            ? null
                            : candidates.stream().map(CandidateStatus::fields).toList());
        }
        return fields;
    }

    private Status read() throws SQLException {
        DriverManager.setLoginTimeout(SECONDS_TO_CONNECT);
        Dialect dialect = null;
        try (Connection connection = database.dataSource().getConnection()) {
            connection.setNetworkTimeout(Runnable::run, SECONDS_TO_ANSWER * 1000);
            dialect = dialect(connection);
            TableNames tables = TableSearch.locate(connection, dialect, database.tables());
            return new Status(
                    Installation.read(connection, dialect, tables),
                    select(connection, dialect, tables),
                    candidates(connection, dialect, tables));
        } catch (SQLException | LeaseStoreException e) {
            explain(e, dialect);
            throw e;
        }
    }

    /** Of one election. Who may not read them still sees who leads. */
    private @Nullable List<CandidateStatus> candidates(Connection connection, Dialect dialect, TableNames tables) {
        if (election == null) {
            return null;
        }
        try {
            return CandidateStatus.of(connection, dialect, tables, election, SECONDS_TO_ANSWER);
        } catch (SQLException e) {
            spec.commandLine().getErr().println("the candidates cannot be read: " + Failures.message(e));
            return null;
        }
    }

    private List<ElectionStatus> select(Connection connection, Dialect dialect, TableNames tables) throws SQLException {
        String sql = "select " + ElectionStatus.columns(dialect.epochMillis("since")) + " from "
                + tables.status() + (election == null ? "" : " where election_name = ?")
                + " order by election_name";
        List<ElectionStatus> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setQueryTimeout(SECONDS_TO_ANSWER);
            if (election != null) {
                statement.setString(1, election);
            }
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(ElectionStatus.of(result));
                }
            }
        }
        return rows;
    }

    private static Dialect dialect(Connection connection) throws SQLException {
        for (Dialect dialect : ServiceLoader.load(Dialect.class)) {
            if (dialect.supports(connection)) {
                return dialect;
            }
        }
        throw new SQLException("no dialect for this database is on the class path");
    }

    /** The library knows best what is missing and how to create it; but whoever only looks needs no rights of a candidate. */
    private void explain(Exception failure, @Nullable Dialect dialect) {
        Throwable cause = failure instanceof LeaseStoreException ? failure.getCause() : failure;
        if (dialect != null
                && cause instanceof SQLException refused
                && dialect.classify(refused) == LeaseStoreException.Failure.DENIED) {
            throw new Failures.Exit(
                    1,
                    Failures.message(refused)
                            + "; grant this database user what an observer needs (leader-lease/grants/" + dialect.name()
                            + "/observer.sql; docs/migrations.md, Rights)");
        }
        try {
            database.coordinator().failFast(true).closeOnShutdown(false).build().close();
        } catch (LeaderLeaseException e) {
            e.addSuppressed(failure);
            throw e;
        }
    }

    private static List<List<String>> table(List<ElectionStatus> elections) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("ELECTION", "LEADER", "TOKEN", "SINCE", "TIME LEFT", "METADATA"));
        for (ElectionStatus row : elections) {
            String leader = row.leader();
            String metadata = row.metadata();
            var since = row.since();
            rows.add(List.of(
                    row.election(),
                    leader == null ? "-" : leader,
                    Long.toString(row.token()),
                    since == null ? "-" : since.atZone(ZoneId.systemDefault()).format(TIME),
                    row.timeLeft(),
                    metadata == null ? "" : metadata));
        }
        return rows;
    }
}
