package io.github.leaderlease.cli.demo;

import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.cli.DurationConverter;
import io.github.leaderlease.migrations.LeaseMigrationException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Elects a leader among real processes, kills it, and shows what the others do. */
@Command(
        name = "demo",
        description = {
            "Starts a database and some nodes, each a process of its own; lets them elect a leader, kills it, shows what"
                    + " the others do, and ends with a verdict.",
            "",
            "Exit status: 0 if all guarantees were kept, 3 if one was broken, 1 if the demo could not be played, 2 for a"
                    + " wrong option."
        },
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class DemoCommand implements Callable<Integer> {

    /** How messages on standard error begin. */
    static final String NAME = "leader-lease demo: ";

    private static final String PASSWORD_VARIABLE = "LEADER_LEASE_PASSWORD";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "3",
            description = "How many nodes, 2 to 9 (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "1",
            description = "How often the leader is killed (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "How long a lease is good for without a heartbeat, such as 2s (default: ${DEFAULT-VALUE}).")
    private Duration ttl;

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
        Cleanup cleanup = new Cleanup(err);
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
            return new DemoSettings(nodes, rounds, ttl, heartbeat == null ? ttl.dividedBy(2) : heartbeat);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private DemoDatabase database() throws SQLException {
        DatabaseAddress address = address();
        try {
            return address == null ? DemoDatabase.embedded(ttl) : DemoDatabase.at(address);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private int play(DemoSettings settings, Cleanup cleanup) throws SQLException {
        DemoDatabase database = database();
        cleanup.add(database);
        Timeline timeline = new Timeline(spec.commandLine().getOut(), Look.ofStandardOutput());
        introduce(settings, database, timeline);
        database.tables().create();
        Play play = new Play(settings, database.tables(), timeline);
        cleanup.add(play.stage());
        Evidence evidence = play.run();
        Verdict verdict = Verdict.of(evidence);
        new VerdictPage(timeline, play.narrator()).write(evidence, verdict);
        return verdict.exitCode();
    }

    private static void introduce(DemoSettings settings, DemoDatabase database, Timeline timeline) {
        timeline.title(NAME + settings.nodes() + " nodes, one leader");
        timeline.say("");
        timeline.say("   nodes      " + settings.nodes() + " processes; all stand for the election \""
                + NodeSettings.ELECTION + "\"");
        timeline.say("   timing     TTL " + DemoSettings.show(settings.ttl()) + " · heartbeat every "
                + DemoSettings.show(settings.heartbeat()));
        timeline.say("   database   " + database.described());
        if (!database.isEmbedded()) {
            timeline.say(
                    "   tables     " + database.tables().prefix() + "*, made for this demo and removed at its end");
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
