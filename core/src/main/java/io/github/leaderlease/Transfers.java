package io.github.leaderlease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Those who wait to hear how a transfer went. They are kept until they have been told, and told again if they have not. */
final class Transfers {

    private static final long AGAIN_NANOS = Duration.ofSeconds(1).toNanos();

    /** Somebody who wants a term transferred to a node. */
    private static final class Waiting {
        private final String node;
        private final CompletableFuture<Leader> result;

        /** That of the term once it is being given up, else 0. */
        private long token;

        private @Nullable Runnable outcome;
        private boolean handedOver;
        private long handedOverAt;

        Waiting(String node, CompletableFuture<Leader> result) {
            this.node = node;
            this.result = result;
        }
    }

    private final String election;
    private final Executor callbacks;
    private final List<Waiting> waiting = new ArrayList<>();
    private boolean ended;

    Transfers(String election, Executor callbacks) {
        this.election = election;
        this.callbacks = callbacks;
    }

    /** May be said again. */
    void asked(String node, CompletableFuture<Leader> result) {
        of(node, result);
        if (ended) {
            end();
        }
    }

    private Waiting of(String node, CompletableFuture<Leader> result) {
        for (Waiting each : waiting) {
            if (each.result == result) {
                return each;
            }
        }
        Waiting added = new Waiting(node, result);
        waiting.add(added);
        return added;
    }

    /** The term is about to be given up. */
    void begins(String node, long token, CompletableFuture<Leader> result) {
        of(node, result).token = token;
    }

    /** The term that is being given up for it, 0 if none is yet. */
    long begun(CompletableFuture<Leader> result) {
        for (Waiting each : waiting) {
            if (each.result == result) {
                return each.token;
            }
        }
        return 0;
    }

    void fail(String node, CompletableFuture<Leader> result, String why, @Nullable Throwable cause) {
        String message = "election " + election + " was not transferred to " + node + ": " + why;
        fail(of(node, result), new LeaderLeaseException(message, cause));
    }

    private static void fail(Waiting waits, LeaderLeaseException failure) {
        if (waits.outcome == null) {
            waits.outcome = () -> waits.result.completeExceptionally(failure);
        }
    }

    /** In each turn. */
    void tellAll(long now) {
        waiting.removeIf(each -> each.result.isDone());
        for (Waiting each : waiting) {
            Runnable outcome = each.outcome;
            if (outcome != null && (!each.handedOver || now - each.handedOverAt >= AGAIN_NANOS)) {
                callbacks.execute(outcome);
                each.handedOver = true;
                each.handedOverAt = now;
            }
        }
    }

    /** Somebody leads, perhaps this node itself. */
    void leads(Leader leader) {
        for (Waiting each : waiting) {
            if (each.token != 0 && each.outcome == null && leader.fencingToken() > each.token) {
                each.outcome = () -> each.result.complete(leader);
            }
        }
    }

    /** The coordinator stops although this election is not at rest: nobody shall wait for ever. */
    void abandon(long now) {
        end();
        try {
            tellAll(now);
        } catch (RuntimeException | Error noThread) {
            waiting.forEach(each -> {
                if (each.outcome != null) {
                    each.outcome.run(); // nothing here waits for this thread any more
                }
            });
        }
    }

    /** Nothing more will be seen. */
    void end() {
        ended = true;
        for (Waiting each : waiting) {
            fail(
                    each,
                    new LeaderLeaseException("election " + election
                            + " was closed before it was known who leads after the transfer to " + each.node));
        }
    }
}
