package io.github.leaderlease;

import io.github.leaderlease.spi.PresenceStore.Heir;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What an application asks of one candidate while it runs, and who waits until that is done. Engine's thread. */
final class Requests {

    private final Candidacy me;
    private final Supplier<ElectionState> state;
    private final Consumer<Rule> rules;
    private final Runnable settle;
    private final CandidateLog log;
    private final RestWaiters waiters;
    private final Transfers transfers;
    private final Eligibility eligibility;

    /**
     * For one candidate.
     *
     * @param state as it is now
     * @param rules has a rule applied
     * @param settle goes on with what waits for listeners and job, if they are at rest
     */
    Requests(
            Candidacy me,
            UserCode code,
            UserThreads threads,
            Supplier<ElectionState> state,
            Consumer<Rule> rules,
            Runnable settle,
            CandidateLog log) {
        this.me = me;
        this.state = state;
        this.rules = rules;
        this.settle = settle;
        this.log = log;
        this.waiters = new RestWaiters(threads.callbacks());
        this.transfers = new Transfers(me.election(), threads.callbacks());
        this.eligibility = new Eligibility(
                me.election(),
                code.eligibleWhen(),
                threads.callbacks(),
                me.time().nanoTime(),
                () -> state.get().eligible(),
                this::eligible);
    }

    private ClockReading now() {
        return ClockReading.of(me.time());
    }

    private void eligible(boolean is) {
        rules.accept((now, self) -> EligibilityRules.changed(now, self, is, now()));
    }

    boolean eligible() {
        return eligibility.eligible();
    }

    /** In each turn. */
    void check(ClockReading now) {
        eligibility.check(now.nanos());
        transfers.tellAll(now.nanos());
    }

    void resign(CompletableFuture<Void> done) {
        if (waiters.add(done)) {
            rules.accept((now, self) -> LeaderRules.resign(now, self, LossReason.RESIGNED, now()));
            settle.run();
        }
    }

    /** Any thread. The last word counts; {@link #suspended}, {@link #resumed} or the next turn makes something of it. */
    void suspend(boolean suspended) {
        eligibility.suspend(suspended);
    }

    void suspended(CompletableFuture<Void> done) {
        if (waiters.add(done)) {
            eligibility.tellSuspended();
            settle.run();
        }
    }

    void resumed() {
        eligibility.tell();
    }

    /** The result is told once it is known how it went. */
    void transferring(String node, CompletableFuture<Leader> result) {
        transfers.asked(node, result);
        transfers.tellAll(me.time().nanoTime());
    }

    /** It is known who stands under that name, or cannot be found out. */
    void answered(
            String node,
            @Nullable Map<String, Heir> heirs,
            @Nullable Throwable failure,
            CompletableFuture<Leader> result) {
        if (heirs != null) {
            transfer(node, heirs.get(me.election()), result);
        } else {
            String why = failure instanceof TimeoutException ? "no answer" : String.valueOf(failure);
            String message = failure == null || failure.getMessage() == null ? why : failure.getMessage();
            cannotTransfer(node, "it cannot be found out who stands for it: " + message, failure, result);
        }
    }

    /** It is known who stands under that name: nobody if null. */
    void transfer(String node, @Nullable Heir to, CompletableFuture<Leader> result) {
        long begun = transfers.begun(result);
        long token = begun == 0 ? term() : begun;
        if (to != null && token != 0) {
            transfers.begins(node, token, result);
            if (token == term()) { // else it was done before
                handOver(to);
            }
        } else if (to == null && token != 0) {
            cannotTransfer(
                    node,
                    "no such node stands for it, or it is not eligible; " + me.node() + " leads on",
                    null,
                    result);
        } else {
            cannotTransfer(node, me.node() + " does not lead, or is giving up its term already", null, result);
        }
    }

    private void cannotTransfer(String node, String why, @Nullable Throwable cause, CompletableFuture<Leader> result) {
        transfers.fail(node, result, why, cause);
        transfers.tellAll(me.time().nanoTime());
    }

    /** Gives the term up in favour of a node, if there is one that is not being given up already. */
    void handOver(Heir to) {
        long token = term();
        if (token != 0) {
            log.handsOver(token, to.nodeName());
            Handover handover = new Handover(LossReason.RESIGNED, to.nodeId());
            rules.accept((now, self) -> LeaderRules.giveUp(now, self, handover, now()));
            settle.run();
        }
    }

    private long term() {
        return state.get().role() instanceof Role.Leading leading && leading.draining() == null
                ? leading.key().token()
                : 0;
    }

    /** Whether somebody waits for this candidate to be at rest. */
    boolean awaited() {
        return !waiters.isEmpty();
    }

    void atRest() {
        waiters.complete(me.time().nanoTime());
    }

    void saw(LeaderEvent event) {
        if (event instanceof LeaderEvent.LeaderChanged changed) {
            transfers.leads(changed.leader());
        } else if (event instanceof LeaderEvent.LeadershipAcquired acquired) {
            Leadership own = acquired.leadership();
            waiters.complete(me.time().nanoTime()); // whoever was suspended while it attempted has been resumed since
            transfers.leads(new Leader(
                    me.election(), me.node(), own.fencingToken(), own.startedAt(), me.metadata(), Duration.ZERO));
        }
    }

    void closed() {
        transfers.end();
    }

    void tellAll() {
        transfers.tellAll(me.time().nanoTime());
    }

    /** The coordinator stops although this election is not at rest: nobody shall wait for ever. */
    void abandon() {
        waiters.abandon(me.time().nanoTime());
        transfers.abandon(me.time().nanoTime());
    }
}
