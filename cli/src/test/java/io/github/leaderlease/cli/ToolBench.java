package io.github.leaderlease.cli;

import io.github.leaderlease.migrations.LeaseMigrations;
import io.github.leaderlease.testdatabases.BrokenGuarantee;
import io.github.leaderlease.testdatabases.DatabaseUnderTest;
import io.github.leaderlease.testdatabases.Rounds;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A database, some tools that compete on it, and a watch on their commands. */
final class ToolBench implements AutoCloseable {

    static final Duration TTL = Duration.ofSeconds(3);

    /** How long a holder trusts its lease at most after its last renewal. */
    static final Duration TRUST = Duration.ofMillis(2700);

    private final TestDatabase database;
    private final CommandWatch watch = new CommandWatch();
    private final List<Tool> tools = new ArrayList<>();

    ToolBench(DatabaseUnderTest tested) throws IOException {
        database = tested.fresh();
        LeaseMigrations.migrate(database.dataSource());
    }

    /** Plays a scenario on a bench of its own in each round; what the tools said is told with a failure. */
    static void play(DatabaseUnderTest tested, Rounds.Scenario scenario, Consumer<ToolBench> use) throws Exception {
        Rounds.play(round -> {
            try (ToolBench own = new ToolBench(tested)) {
                use.accept(own);
                try {
                    scenario.play(round);
                } catch (AssertionError e) {
                    own.tools.forEach(tool -> e.addSuppressed(new AssertionError(String.join("\n", tool.err()))));
                    throw e;
                }
            }
        });
    }

    TestDatabase database() {
        return database;
    }

    CommandWatch watch() {
        return watch;
    }

    Tool start(String... args) {
        Tool tool = Tool.start(database.password(), List.of(args));
        tools.add(tool);
        return tool;
    }

    /** {@code run} with a short lease, for the election {@code e}. */
    Tool run(String node, List<String> command) {
        return run(node, database.url(), command);
    }

    Tool run(String node, String url, List<String> command) {
        List<String> args = new ArrayList<>(List.of("run", "--url", url, "--user", database.user()));
        args.addAll(List.of("--election", "e", "--node", node, "--ttl", "3s", "--heartbeat", "1s", "--"));
        args.addAll(command);
        return start(args.toArray(String[]::new));
    }

    /** The same, started by another program and with more variables. */
    Tool run(List<String> starter, Map<String, String> variables, List<String> command) {
        List<String> args = new ArrayList<>(List.of("run", "--url", database.url(), "--user", database.user()));
        args.addAll(List.of("--election", "e", "--node", "n1", "--ttl", "3s", "--heartbeat", "1s", "--"));
        args.addAll(command);
        Tool tool = Tool.start(database.password(), starter, variables, args);
        tools.add(tool);
        return tool;
    }

    /** A second candidate that knows whom to follow. */
    Tool follower(String node, String leader) throws InterruptedException {
        Tool tool = run(node, watch.command());
        tool.awaitLine("following " + leader);
        return tool;
    }

    /** How often a tool said that it led no longer. */
    private static long losses(Tool tool) {
        return tool.err().stream()
                .filter(line -> line.contains("lost leadership"))
                .count();
    }

    /** Its lease may run out on a busy machine more often than what is done to it explains; that is no failure. */
    void mayExpire(Rounds round, Tool tool, int explained) {
        round.excuse("a tool lost its lease by itself", () -> losses(tool) > explained);
    }

    /** Two commands at one time count too if the test has failed before it came to ask. */
    @Override
    public void close() throws IOException {
        tools.forEach(Tool::close);
        List<String> overlaps = watch.overlaps();
        watch.close();
        database.close();
        if (!overlaps.isEmpty()) {
            throw new BrokenGuarantee(overlaps.toString());
        }
    }
}
