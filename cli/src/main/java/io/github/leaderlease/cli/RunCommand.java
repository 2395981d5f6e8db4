package io.github.leaderlease.cli;

import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.LeaseCoordinatorBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code leader-lease run}: a command that runs on the leading node and nowhere else. */
@Command(
        name = "run",
        description = "Stands for an election and keeps COMMAND running while this node leads, and only then.",
        customSynopsis = "leader-lease run --url URL --election NAME [OPTION...] -- COMMAND ARG...",
        footer = {
            "",
            "COMMAND finds LEADER_LEASE_ELECTION, LEADER_LEASE_NODE, LEADER_LEASE_TOKEN, LEADER_LEASE_HOLDER and"
                    + " LEADER_LEASE_FENCE_KEY in its environment; docs/run.md says how it fences its writes with them."
                    + " Durations: 500ms, 3s, 2m, 1h.",
            "",
            "COMMAND shall keep running. When it ends by itself, this tool ends too, its node resigns, and another node"
                    + " starts it: a command that does its work once is done once by each node, one after the other.",
            "",
            "Exit status: that of COMMAND when it ends by itself; 1 if the database cannot be used; 2 for bad options;"
                    + " 126 or 127 if COMMAND cannot be run or found; 130 or 143 after Ctrl-C or SIGTERM."
        })
@SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // picocli sets and reads the fields
final class RunCommand implements Callable<Integer> {

    private static final Duration DRAIN_MARGIN = Duration.ofSeconds(3);
    private static final String NO_SETSID = "setsid (util-linux) was not found: only descendants of the command can be"
            + " stopped, not those whose parents have ended; install it";

    private static final String PROCESS_1 =
            "this Java process is process 1 of its container, which has to collect ended"
                    + " processes that lost their parent, and Java does not: start it by the script leader-lease, or the"
                    + " container with --init";
    private static final String JVM_OPTIONS =
            " is meant for the command, but has reached this tool as well, so that a debug"
                    + " or JMX port in it is taken: start it by the script leader-lease, which keeps it for the command";

    @Spec
    private CommandSpec spec;

    @Mixin
    private DatabaseOptions database;

    @Mixin
    private Log log;

    @Option(names = "--election", required = true, paramLabel = "NAME", description = "What the nodes compete for.")
    private String election;

    @Option(names = "--node", paramLabel = "NAME", description = "This node's name. Default: host name and process id.")
    private @Nullable String node;

    @Option(
            names = "--ttl",
            defaultValue = "10s",
            paramLabel = "D",
            converter = DurationConverter.class,
            description = "A crashed leader is replaced after about this time. Default: ${DEFAULT-VALUE}.")
    private Duration ttl;

    @Option(
            names = "--heartbeat",
            paramLabel = "D",
            converter = DurationConverter.class,
            description = "How often the leader renews. Default: half the TTL.")
    private @Nullable Duration heartbeat;

    @Option(
            names = "--grace",
            paramLabel = "D",
            converter = DurationConverter.class,
            description =
                    "How long before it is killed a command that loses its right is asked to stop. Default: TTL/10.")
    private @Nullable Duration grace;

    @Option(
            names = "--stop-timeout",
            defaultValue = "10s",
            paramLabel = "D",
            converter = DurationConverter.class,
            description = "How long COMMAND may take to stop when there is no hurry. Default: ${DEFAULT-VALUE}.")
    private Duration stopTimeout;

    @Option(names = "--migrate", description = "Create or upgrade the tables first.")
    private boolean migrate;

    @Option(
            names = "--wait-for-database",
            arity = "0..1",
            fallbackValue = "8760h",
            paramLabel = "D",
            converter = DurationConverter.class,
            description = "Wait for a database that cannot be reached at the start, for at most D if given (write =D).")
    private @Nullable Duration waitForDatabase;

    @Option(names = "--format", defaultValue = "text", description = "Events as text or json. Default: text.")
    private Log.Format format;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "The command and its arguments.")
    private List<String> command;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Log.use(format);
        database.check();
        checkName("election name", election);
        RunTiming timing = RunTiming.of(ttl, heartbeat, grace, stopTimeout);
        timing.check();
        Executable.check(command.get(0));
        EventOutput output = new EventOutput(spec.commandLine().getErr(), format, election);
        DatabaseStart start = new DatabaseStart(database, migrate, waitForDatabase, output);
        try (Shutdown end = new Shutdown()) {
            SupervisedJob job = new SupervisedJob(timing, command, output, end.supervisors());
            tellOfSurroundings(output);
            end.supervisors().prepareFirst();
            LeaseCoordinator coordinator = end.closing(start.coordinator(() -> describe(timing)));
            coordinator
                    .election(election)
                    .stopTimeout(timing.stopTimeout().plus(DRAIN_MARGIN))
                    .listener(new EventPrinter(output, coordinator.nodeName()))
                    .job(job)
                    .start();
            return job.exited().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failures.Exit cannotGoOn) {
                throw cannotGoOn;
            }
            throw new IllegalStateException("the job never fails this way", e);
        }
    }

    private static void tellOfSurroundings(EventOutput output) {
        if (!SupervisorHandle.findsSessions()) {
            output.tell("no-setsid", NO_SETSID, Map.of());
        }
        if (ProcessHandle.current().pid() == 1) {
            output.tell("process-1", PROCESS_1, Map.of());
        }
        String options = InheritedEnvironment.appliedToUs();
        if (options != null) {
            output.tell("jvm-options", options + JVM_OPTIONS, Map.of("variable", options));
        }
    }

    /** The library's rule for names, applied before anything is changed. */
    private static void checkName(String what, String name) {
        try {
            LeaseCoordinator.builder("", null, null).nodeName(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(String.valueOf(e.getMessage()).replaceFirst("node name", what), e);
        }
    }

    private LeaseCoordinatorBuilder describe(RunTiming timing) {
        LeaseCoordinatorBuilder builder = database.coordinator()
                .ttl(timing.ttl())
                .heartbeat(timing.heartbeat())
                .closeOnShutdown(false);
        return node == null ? builder : builder.nodeName(node);
    }
}
