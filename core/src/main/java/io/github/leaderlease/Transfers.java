package io.github.leaderlease;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Those who wait to hear how a transfer went. What they have chained to that is user code, with threads of its own. */
final class Transfers {

    /** Somebody who wants a term transferred to a node; the token is that of the term once it is being given up. */
    private record Waiting(String node, @Nullable Long token, CompletableFuture<Leader> result) {}

    private final String election;
    private final Executor callbacks;
    private final List<Waiting> waiting = new ArrayList<>();

    /** What was decided and could not be told yet, for want of a thread. */
    private final Queue<Runnable> untold = new ArrayDeque<>();

    private boolean ended;

    Transfers(String election, Executor callbacks) {
        this.election = election;
        this.callbacks = callbacks;
    }

    void asked(String node, CompletableFuture<Leader> result) {
        waiting.add(new Waiting(node, null, result));
        if (ended) {
            end();
        }
    }

    /** The term is being given up. */
    void begun(long token, CompletableFuture<Leader> result) {
        waiting.replaceAll(each -> each.result == result ? new Waiting(each.node, token, result) : each);
    }

    void fail(CompletableFuture<Leader> waits, String why, @Nullable Throwable cause) {
        for (Waiting each : List.copyOf(waiting)) {
            if (each.result == waits) {
                String message = "election " + election + " was not transferred to " + each.node + ": " + why;
                fail(each, new LeaderLeaseException(message, cause));
            }
        }
    }

    private void fail(Waiting waits, LeaderLeaseException failure) {
        tell(waits, () -> waits.result.completeExceptionally(failure));
    }

    private void tell(Waiting waits, Runnable result) {
        untold.add(result);
        waiting.remove(waits);
        tellAll();
    }

    /** In each turn. */
    void tellAll() {
        for (Runnable next = untold.peek(); next != null; next = untold.peek()) {
            callbacks.execute(next);
            untold.poll();
        }
    }

    /** Somebody leads, perhaps this node itself. */
    void leads(Leader leader) {
        for (Waiting each : List.copyOf(waiting)) {
            if (each.token != null && leader.fencingToken() > each.token) {
                tell(each, () -> each.result.complete(leader));
            }
        }
    }

    /** Nothing more will be seen. */
    void end() {
        ended = true;
        for (Waiting each : List.copyOf(waiting)) {
            fail(
                    each,
                    new LeaderLeaseException("election " + election
                            + " was closed before it was known who leads after the" + " transfer to " + each.node));
        }
    }
}
