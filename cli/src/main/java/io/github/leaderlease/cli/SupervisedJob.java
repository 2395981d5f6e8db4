package io.github.leaderlease.cli;

import io.github.leaderlease.LeaderJob;
import io.github.leaderlease.Leadership;
import io.github.leaderlease.cli.Supervision.Ending;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Runs the command for as long as a term lasts, below a supervisor. */
final class SupervisedJob implements LeaderJob {

    private final RunTiming timing;
    private final List<String> command;
    private final Journal journal;
    private final SpareSupervisor supervisors;
    private final CompletableFuture<Integer> exited = new CompletableFuture<>();

    SupervisedJob(RunTiming timing, List<String> command, Journal journal, SpareSupervisor supervisors) {
        this.timing = timing;
        this.command = command;
        this.journal = journal;
        this.supervisors = supervisors;
    }

    /** Completed with its status when the command has ended by itself. */
    CompletableFuture<Integer> exited() {
        return exited;
    }

    @Override
    public void run(Leadership term) throws IOException {
        Supervision supervision = supervisors.take();
        long token = term.fencingToken();
        Ending ending = supervision.run(
                term,
                task(term),
                pid -> journal.tell(
                        "command-started",
                        "command started, process " + pid + ", token " + token,
                        Map.of("pid", pid, "token", token)));
        if (ending instanceof Ending.Exited end) {
            tell(end, token);
            exited.complete(end.status());
            return;
        }
        if (ending instanceof Ending.SupervisorFailed) {
            journal.tell(
                    "supervisor-failed",
                    "the supervising process died or stood still: the command was killed, giving up token " + token,
                    Map.of("token", token));
            supervisors.prepare();
            throw new IOException("the supervising process died or stood still");
        }
        journal.tell("command-stopped", "command stopped, token " + token, Map.of("token", token));
        supervisors.prepare();
    }

    private void tell(Ending.Exited end, long token) {
        String reason = end.reason();
        if (reason == null) {
            journal.tell(
                    "command-ended",
                    "command ended with status " + end.status(),
                    Map.of("status", end.status(), "token", token));
        } else {
            journal.tell(
                    "command-not-started",
                    "command could not be started: " + reason,
                    Map.of("status", end.status(), "token", token, "cause", reason));
        }
    }

    private Task task(Leadership term) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("LEADER_LEASE_ELECTION", term.election());
        environment.put("LEADER_LEASE_NODE", term.node());
        environment.put("LEADER_LEASE_TOKEN", Long.toString(term.fencingToken()));
        environment.put(Task.MARK, term.holderId());
        environment.put("LEADER_LEASE_FENCE_KEY", Integer.toString(FenceKey.of(term.election())));
        return new Task(timing.grace(), timing.stopTimeout(), timing.askEvery(), environment, command);
    }
}
