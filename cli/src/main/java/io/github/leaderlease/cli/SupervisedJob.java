package io.github.leaderlease.cli;

import io.github.leaderlease.LeaderJob;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.cli.SupervisorHandle.Ending;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs the command for as long as a term lasts, below a supervisor. */
final class SupervisedJob implements LeaderJob {

    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final int MANY = 2;
    private static final String DIES =
            "the supervising process, a small JVM, dies before it can start the command, " + MANY
                    + " times in a row: is memory or the number of processes short (ulimit -u, -v, limits of the container)?";

    private final RunTiming timing;
    private final List<String> command;
    private final EventOutput output;
    private final StandbySupervisor supervisors;
    private final CompletableFuture<Integer> exited = new CompletableFuture<>();
    private int failedBeforeStart;

    SupervisedJob(RunTiming timing, List<String> command, EventOutput output, StandbySupervisor supervisors) {
        this.timing = timing;
        this.command = command;
        this.output = output;
        this.supervisors = supervisors;
    }

    /** Completed with its status when the command has ended by itself; with an exception if it can be run no longer. */
    CompletableFuture<Integer> exited() {
        return exited;
    }

    @Override
    public void run(Leadership term) throws IOException, InterruptedException {
        SupervisorHandle supervision = taken(term);
        long token = term.fencingToken();
        Ending ending = supervision.run(
                term,
                task(term),
                pid -> output.tell(
                        "command-started",
                        "command started, process " + pid + ", token " + token,
                        Map.of("pid", pid, "token", token)));
        if (ending instanceof Ending.Exited end) {
            tell(end, token);
            exited.complete(end.status());
            awaitClose(term);
            return;
        }
        if (ending instanceof Ending.SupervisorFailed failed) {
            output.tell(
                    "supervisor-failed",
                    "the supervising process died or stood still: the command was killed, giving up token " + token,
                    Map.of("token", token));
            failedBeforeStart = failed.commandStarted() ? 0 : failedBeforeStart + 1;
            if (failedBeforeStart == MANY) {
                exited.completeExceptionally(new Failures.Exit(1, DIES));
                awaitClose(term);
                return;
            }
            supervisors.prepare(exited::completeExceptionally);
            throw new IOException("the supervising process died or stood still");
        }
        failedBeforeStart = 0;
        output.tell("command-stopped", "command stopped, token " + token, Map.of("token", token));
        supervisors.prepare(exited::completeExceptionally);
        if (ending instanceof Ending.Stopped stopped && !stopped.asked()) {
            awaitLoss(term);
            if (term.isValid()) {
                throw new IOException("a heartbeat got through only after the command had been stopped");
            }
        }
    }

    /** If there is none for this term there shall be one for the next. */
    private SupervisorHandle taken(Leadership term) throws IOException, InterruptedException {
        try {
            return supervisors.take(term.remaining());
        } catch (IOException | InterruptedException e) {
            supervisors.prepare(exited::completeExceptionally);
            throw e;
        }
    }

    /** The tool ends now and closes its election, which interrupts this job: that is the end that everybody is told of. */
    private static void awaitClose(Leadership term) {
        try {
            while (term.isValid()) {
                TimeUnit.NANOSECONDS.sleep(Math.max(1, term.remaining().toNanos()));
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Heartbeats failed until the command had to be stopped. The term is lost when it has run out, and not because this job
     * came to its end; only if a heartbeat has got through after all, it has to be given up, for nobody works in it.
     */
    private static void awaitLoss(Leadership term) throws InterruptedException {
        Duration least = term.remaining();
        for (Duration left = least; !left.isZero() && left.compareTo(least) <= 0; left = term.remaining()) {
            least = left;
            TimeUnit.NANOSECONDS.sleep(Math.min(left.toNanos(), LOOK_EVERY.toNanos()));
        }
    }

    private void tell(Ending.Exited end, long token) {
        String reason = end.reason();
        if (reason == null) {
            output.tell(
                    "command-ended",
                    "command ended with status " + end.status(),
                    Map.of("status", end.status(), "token", token));
        } else {
            output.tell(
                    "command-not-started",
                    "command could not be started: " + reason,
                    Map.of("status", end.status(), "token", token, "cause", reason));
        }
    }

    private CommandSpec task(Leadership term) {
        Map<String, @Nullable String> environment = new LinkedHashMap<>();
        InheritedEnvironment.forCommand()
                .forEach((name, value) ->
                        environment.put(name, value == null ? null : NativeText.bytesAsCharacters(value)));
        environment.put("LEADER_LEASE_ELECTION", term.election());
        environment.put("LEADER_LEASE_NODE", term.node());
        environment.put("LEADER_LEASE_TOKEN", Long.toString(term.fencingToken()));
        environment.put(CommandSpec.MARK, term.holderId());
        environment.put("LEADER_LEASE_FENCE_KEY", Integer.toString(FenceKey.of(term.election())));
        List<String> words = command.stream().map(NativeText::bytesAsCharacters).toList();
        return new CommandSpec(timing.grace(), timing.stopTimeout(), timing.askEvery(), environment, words);
    }
}
