package io.github.leaderlease.demo;

import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.cli.DurationConverter;
import io.github.leaderlease.cli.StandardError;
import io.github.leaderlease.cli.Subcommand;
import io.github.leaderlease.migrations.LeaseMigrationException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** Elects a leader among real processes, kills it, and shows what the others do. */
@Command(
        name = "demo",
        description = {
            "Starts a database and some nodes, each a process of its own; lets them elect a leader, kills it, shows what"
                    + " the others do, and ends with a verdict.",
            "",
            "With --fence: stops a leader in the middle of its work until another leads, wakes it, and shows what becomes"
                    + " of its late write with and without the fence.",
            "",
            "Exit status: 0 if all guarantees were kept, 3 if one was broken, 1 if the demo could not be played, 2 for a"
                    + " wrong option."
        },
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class DemoCommand implements Subcommand {

    /** How messages on standard error begin. */
    static final String NAME = "leader-lease demo: ";

    private static final String NODES = "--nodes";
    private static final String ROUNDS = "--rounds";
    private static final int NODES_WITH_FENCE = 2;
    private static final Duration TTL = Duration.ofSeconds(10);
    private static final Duration TTL_WITH_FENCE = Duration.ofSeconds(3);
    private static final String PASSWORD_VARIABLE = "LEADER_LEASE_PASSWORD";

    @Spec
    private CommandSpec spec;

    @Option(names = "--fence", description = "Play the fence: two nodes, one of them wakes up too late.")
    private boolean fence;

    @Option(
            names = NODES,
            paramLabel = "N",
            defaultValue = "3",
            description = "How many nodes, 2 to 9 (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
            names = ROUNDS,
            paramLabel = "N",
            defaultValue = "1",
            description = "How often the leader is killed (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description =
                    "How long a lease is good for without a heartbeat, such as 2s (default: 10s; with --fence 3s).")
    private @Nullable Duration ttl;

    @Option(
            names = "--heartbeat",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How often the leader renews its lease (default: half the TTL).")
    private @Nullable Duration heartbeat;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "Play on this PostgreSQL, MySQL, MariaDB or H2 server instead of a database of the demo's own. It"
                            + " makes tables there with a prefix of their own, demo_..._, and removes them at the end.")
    private @Nullable String url;

    @Option(names = "--user", paramLabel = "USER", defaultValue = "", description = "Database user.")
    private String user;

    @Option(
            names = "--password",
            paramLabel = "PASSWORD",
            description =
                    "Its password. Everybody on this machine can read it here: rather set " + PASSWORD_VARIABLE + ".")
    private @Nullable String password;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    /** For picocli. */
    public DemoCommand() {}

    /**
     * Plays.
     *
     * @return the exit status
     */
    @Override
    public Integer call() {
        DemoSettings settings = settings();
        PrintWriter err = spec.commandLine().getErr();
        Cleanup cleanup = new Cleanup(err, StandardError::settle);
        try (cleanup) {
            int status = play(settings, cleanup);
            cleanup.close();
            return status == Verdict.KEPT && cleanup.failed() ? PlayStopped.FAILED : status;
        } catch (PlayStopped e) {
            if (e.exitCode() != PlayStopped.INTERRUPTED) {
                err.println(NAME + e.getMessage());
            }
            return e.exitCode();
        } catch (SQLException e) {
            err.println(NAME + DatabaseTrouble.explain(e, address()));
            return PlayStopped.FAILED;
        } catch (LeaseMigrationException | LeaderLeaseException e) {
            err.println(NAME + e.getMessage());
            return PlayStopped.FAILED;
        }
    }

    private DemoSettings settings() {
        try {
            checkFence();
            Duration lease = ttl != null ? ttl : fence ? TTL_WITH_FENCE : TTL;
            Duration renewal = heartbeat == null ? lease.dividedBy(2) : heartbeat;
            return new DemoSettings(fence ? NODES_WITH_FENCE : nodes, rounds, lease, renewal);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private void checkFence() {
        ParseResult given = spec.commandLine().getParseResult();
        if (fence && (given.hasMatchedOption(NODES) || given.hasMatchedOption(ROUNDS))) {
            throw new IllegalArgumentException("--fence plays with " + NODES_WITH_FENCE + " nodes and one round: leave "
                    + NODES + " and " + ROUNDS + " out");
        }
        if (fence && !Freezer.usable()) {
            throw new IllegalArgumentException("--fence stops a process by SIGSTOP, which Windows does not know:"
                    + " play it on Linux or macOS, or in WSL");
        }
    }

    private DemoDatabase database(Duration lease) throws SQLException {
        DatabaseAddress address = address();
        try {
            return address == null ? DemoDatabase.embedded(lease) : DemoDatabase.at(address);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private int play(DemoSettings settings, Cleanup cleanup) throws SQLException {
        DemoDatabase database = database(settings.ttl());
        cleanup.add(database);
        Timeline timeline = new Timeline(spec.commandLine().getOut(), Look.ofStandardOutput());
        introduce(settings, database, timeline);
        database.tables().create();
        return fence
                ? playFence(settings, database, timeline, cleanup)
                : playElection(settings, database, timeline, cleanup);
    }

    private static int playFence(DemoSettings settings, DemoDatabase database, Timeline timeline, Cleanup cleanup)
            throws SQLException {
        database.tables().createScratch();
        CommitWatch watch = CommitWatch.start(database.tables());
        cleanup.add(watch);
        FencePlay play = new FencePlay(settings, database.tables(), watch, timeline);
        cleanup.add(play.stage());
        FenceEvidence evidence = play.run();
        FenceVerdict verdict = FenceVerdict.of(evidence);
        new FencePage(timeline, play.narrator()).write(evidence, verdict);
        return verdict.exitCode();
    }

    private static int playElection(DemoSettings settings, DemoDatabase database, Timeline timeline, Cleanup cleanup)
            throws SQLException {
        Play play = new Play(settings, database.tables(), timeline);
        cleanup.add(play.stage());
        Evidence evidence = play.run();
        Verdict verdict = Verdict.of(evidence);
        new VerdictPage(timeline, play.narrator()).write(evidence, verdict);
        return verdict.exitCode();
    }

    private void introduce(DemoSettings settings, DemoDatabase database, Timeline timeline) {
        timeline.title(NAME + (fence ? "a leader that wakes up too late" : settings.nodes() + " nodes, one leader"));
        timeline.say("");
        timeline.say("   nodes      " + settings.nodes() + " processes; " + (fence ? "both" : "all")
                + " stand for the election \"" + NodeSettings.ELECTION + "\"");
        timeline.say("   timing     TTL " + DemoSettings.show(settings.ttl()) + " · heartbeat every "
                + DemoSettings.show(settings.heartbeat()));
        timeline.say("   database   " + database.described());
        if (!database.isEmbedded()) {
            timeline.say(
                    "   tables     " + database.tables().prefix() + "*, made for this demo and removed at its end");
        }
        if (fence) {
            timeline.say("");
            timeline.quiet("   Whoever leads does the same work twice: begin, insert a row, commit. The second time");
            timeline.quiet(
                    "   leadership.fence(connection) stands right before the commit. node-1 is stopped when it has");
            timeline.quiet(
                    "   written and not yet committed, as a long pause would do, and wakes up when node-2 leads.");
        }
    }

    private @Nullable DatabaseAddress address() {
        if (url == null) {
            return null;
        }
        String variable = System.getenv(PASSWORD_VARIABLE);
        String secret = password != null ? password : variable != null ? variable : "";
        return new DatabaseAddress(url, user, secret);
    }
}
