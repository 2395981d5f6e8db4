package io.github.leaderlease;

import io.github.leaderlease.spi.PresenceStore.Heir;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What an application asks of one candidate while it runs, and who waits until that is done. Engine's thread. */
final class Requests {

    private final Candidacy me;
    private final Consumer<Rule> rules;
    private final Runnable settle;
    private final CandidateLog log;
    private final RestWaiters waiters;
    private final Transfers transfers;
    private final Eligibility eligibility;

    /**
     * For one candidate.
     *
     * @param rules has a rule applied
     * @param settle goes on with what waits for listeners and job, if they are at rest
     */
    Requests(
            Candidacy me, UserCode code, UserThreads threads, Consumer<Rule> rules, Runnable settle, CandidateLog log) {
        this.me = me;
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
                this::eligible);
    }

    private ClockReading now() {
        return ClockReading.of(me.time());
    }

    private void eligible(boolean is) {
        rules.accept((state, self) -> EligibilityRules.changed(state, self, is, now()));
    }

    boolean eligible() {
        return eligibility.eligible();
    }

    /** In each turn. */
    void check(ClockReading now) {
        transfers.tellAll();
        eligibility.check(now.nanos());
    }

    void resign(CompletableFuture<Void> done) {
        if (waiters.add(done)) {
            rules.accept((state, self) -> LeaderRules.resign(state, self, LossReason.RESIGNED, now()));
            settle.run();
        }
    }

    void suspend(CompletableFuture<Void> done) {
        if (waiters.add(done)) {
            eligibility.suspend(true);
            settle.run();
        }
    }

    void resume() {
        eligibility.suspend(false);
    }

    /** The result is told once it is known how it went. */
    void transferring(String node, CompletableFuture<Leader> result) {
        transfers.asked(node, result);
    }

    /** It is known who stands under that name: nobody if null. */
    void transfer(@Nullable Heir to, CompletableFuture<Leader> result) {
        long token = to == null ? 0 : handOver(to);
        if (token != 0) {
            transfers.begun(token, result);
        } else if (to == null && term() != 0) {
            cannotTransfer(
                    "no such node stands for it, or it is not eligible; " + me.node() + " leads on", null, result);
        } else {
            cannotTransfer(me.node() + " does not lead, or is giving up its term already", null, result);
        }
    }

    void cannotTransfer(String why, @Nullable Throwable cause, CompletableFuture<Leader> result) {
        transfers.fail(result, why, cause);
    }

    /** Gives the term up in favour of a node, and returns its token; 0 if there is none, or if it is being given up already. */
    long handOver(Heir to) {
        long token = term();
        if (token != 0) {
            log.handsOver(token, to.nodeName());
            Handover handover = new Handover(LossReason.RESIGNED, to.nodeId());
            rules.accept((state, self) -> LeaderRules.giveUp(state, self, handover, now()));
            settle.run();
        }
        return token;
    }

    private long term() {
        long[] token = {0};
        rules.accept((state, self) -> {
            if (state.role() instanceof Role.Leading leading && leading.draining() == null) {
                token[0] = leading.key().token();
            }
            return Transition.to(state);
        });
        return token[0];
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
            transfers.leads(new Leader(
                    me.election(), me.node(), own.fencingToken(), own.startedAt(), me.metadata(), Duration.ZERO));
        }
    }

    void closed() {
        transfers.end();
    }

    /** The coordinator stops although this election is not at rest: nobody shall wait for ever. */
    void abandon() {
        waiters.abandon(me.time().nanoTime());
        closed();
    }
}
