package io.github.leaderlease.benchmark;

import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Engine;
import io.github.leaderlease.testdatabases.TestDatabase;
import io.github.leaderlease.testdatabases.TestServer;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what the fence adds to a transaction. Prints Markdown to standard output, and its progress to standard error. */
@Command(name = "fence-cost", description = "Measures what the fence adds to a transaction that inserts one small row.")
@SuppressWarnings("UnusedVariable") // picocli reads help
public final class FenceCost implements Callable<Integer> {

    private static final double NANOS_PER_SECOND = 1e9;

    @Option(
            names = "--engines",
            split = ",",
            defaultValue = "postgresql,mysql,mariadb,h2_server",
            description = "Servers to measure, of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    List<DatabaseUnderTest> engines = List.of();

    @Option(
            names = "--threads",
            split = ",",
            defaultValue = "1,8,16",
            description = "How many threads run transactions at once (default: ${DEFAULT-VALUE}).")
    List<Integer> threads = List.of();

    @Option(
            names = "--rounds",
            defaultValue = "7",
            description = "How often each variant has its turn (default: ${DEFAULT-VALUE}).")
    int rounds;

    @Option(names = "--seconds", defaultValue = "0.4", description = "How long a turn is (default: ${DEFAULT-VALUE}).")
    double seconds;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Spec
    private @Nullable CommandSpec spec;

    private final PrintStream out;

    private FenceCost(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs it and ends the JVM with its exit status.
     *
     * @param args the options
     */
    public static void main(String[] args) {
        PrintStream out = System.out;
        System.setOut(System.err); // what starts the servers tells about it there
        System.exit(commandLine(out).execute(args));
    }

    static CommandLine commandLine(PrintStream out) {
        return new CommandLine(new FenceCost(out)).setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public Integer call() throws Exception {
        if (rounds < 1 || seconds <= 0 || threads.stream().anyMatch(count -> count < 1)) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    "--rounds " + rounds + " --seconds " + seconds + " --threads " + threads
                            + ": at least one round, one thread, and more than no time are needed");
        }
        out.println(Machine.description() + ".\n");
        out.printf(
                Locale.ROOT,
                "Each variant had %d turns of %s s, interleaved; medians (min..max), ratios and differences of the same"
                        + " round each. Drivers and isolation levels with their defaults.%n%n",
                rounds,
                seconds);
        for (DatabaseUnderTest tested : engines) {
            measure(tested);
        }
        return 0;
    }

    private void measure(DatabaseUnderTest tested) throws Exception {
        TestServer server;
        try {
            server = tested.require();
        } catch (TestAbortedException absent) {
            out.println("## " + tested + "\n\nNot run: " + absent.getMessage() + "\n");
            return;
        }
        for (Durability durability : Durability.of(server)) {
            try (TestDatabase database = server.fresh()) {
                if (durability.set(database)) {
                    out.println(measure(database));
                } else {
                    out.println("## " + server.label() + ", "
                            + durability.name().toLowerCase(Locale.ROOT) + "\n\nNot run: the server was started with"
                            + " " + Durability.settings(database) + " and cannot be changed.\n");
                }
            }
        }
    }

    /** Measures one database as it is set now, and says what came of it. */
    private String measure(TestDatabase database) throws Exception {
        Table table = new Table(database.engine() == Engine.POSTGRESQL);
        int warmUp = 3; // the first threads warm up the JVM for all
        try (Leader leader = Leader.of(database)) {
            for (int count : threads) {
                System.err.println(database.label() + ", " + Durability.settings(database) + ": " + count + " threads");
                try (Measurement measurement = new Measurement(database, leader, count)) {
                    Duration turn = Duration.ofNanos(Math.round(seconds * NANOS_PER_SECOND));
                    table.add(count, measurement.run(warmUp, rounds, turn));
                }
                warmUp = 1;
            }
        }
        return "## " + database.label() + ", " + Durability.settings(database) + "\n\n" + driver(database) + "\n\n"
                + table;
    }

    private static String driver(TestDatabase database) throws SQLException {
        try (Connection connection = database.connection()) {
            DatabaseMetaData data = connection.getMetaData();
            String isolation = connection.getTransactionIsolation() == Connection.TRANSACTION_REPEATABLE_READ
                    ? "REPEATABLE READ"
                    : "READ COMMITTED";
            return data.getDriverName() + " " + data.getDriverVersion().replaceFirst(" \\(.*", "") + ", " + isolation
                    + ".";
        }
    }
}
