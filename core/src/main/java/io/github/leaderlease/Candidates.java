package io.github.leaderlease;

import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** The candidates of one coordinator: one for each election, from its start until it is at rest. Any thread. */
final class Candidates {

    private static final Logger LOG = Loggers.COORDINATOR;

    private final NodeRuntime node;
    private final Map<String, Candidate> byElection = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Candidates(NodeRuntime node) {
        this.node = node;
    }

    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the coordinator of node " + node.name() + " is closed");
        }
    }

    void start(Candidate candidate) {
        String election = candidate.me().election();
        if (byElection.putIfAbsent(election, candidate) != null) {
            throw new IllegalStateException("election '" + election + "' was already started by this coordinator (node "
                    + node.name() + "): use that candidate, or close it and let its job and listeners end first");
        }
        if (closed) {
            byElection.remove(election, candidate);
            checkOpen();
        }
        node.engine().add(candidate);
    }

    /** The database has said that this term is over. */
    void disproved(TermKey term, LossReason reason) {
        Candidate candidate = byElection.get(term.election());
        if (candidate != null) {
            node.engine()
                    .run(() -> candidate.apply(
                            (state, me) -> LeaderRules.disproved(state, me, term, reason, ClockReading.of(me.time()))));
        }
    }

    /** From now on none is started any more. */
    void refuseMore() {
        closed = true;
    }

    /** Closes all at the same time, then the node. Waits for it, unless a listener or job would wait for itself. */
    void closeAll() {
        List<Candidate> all = List.copyOf(byElection.values());
        CompletableFuture<Void> rest = CompletableFuture.allOf(
                        all.stream().map(this::closing).toArray(CompletableFuture[]::new))
                .handle((nothing, late) -> null);
        rest = rest.thenRun(() -> all.forEach(candidate -> node.engine().run(candidate.requests()::abandon)));
        CompletableFuture<Void> end = rest.thenCompose(nothing -> node.leave()).thenCompose(nothing -> node.stop());
        if (all.stream().noneMatch(Candidate::isOwnThread)) {
            NodeRuntime.awaitQuietly(end);
        }
    }

    void close(Candidate candidate) {
        CompletableFuture<Void> rest = closing(candidate);
        if (!candidate.isOwnThread()) {
            NodeRuntime.awaitQuietly(rest);
        }
    }

    /** Completed when it is closed, or when the time that it may take is over. */
    private CompletableFuture<Void> closing(Candidate candidate) {
        Timing timing = candidate.me().timing();
        String election = candidate.me().election();
        Duration bound =
                timing.stopTimeout().plus(timing.callTimeout().multipliedBy(3)).plusSeconds(1);
        node.engine().run(candidate::close);
        CompletableFuture<Void> forgotten = candidate.closed().thenRun(() -> byElection.remove(election, candidate));
        return forgotten
                .copy()
                .orTimeout(bound.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(late -> {
                    BackgroundLog.say(() -> LOG.warn(
                            "election {}: its job or listener has not ended within {}; its lease runs out by itself",
                            election,
                            Timing.show(bound)));
                    return null;
                });
    }
}
