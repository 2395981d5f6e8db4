package io.github.leaderlease;

import io.github.leaderlease.StoreCalls.Kind;
import io.github.leaderlease.spi.RenewResult;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How the leaders of one process renew their leases: in one call for all that are due, or as many as it can do. */
final class Heartbeats {

    private final Engine engine;
    private final Portion portion = new Portion();

    /** A call that could not be about all that were due: the next one has to wait for it. */
    private final InFlight partial = new InFlight();

    Heartbeats(Engine engine) {
        this.engine = engine;
    }

    /** Once one lease is due, all that are due within half a heartbeat go along: so those of one process fall together. */
    void send(ClockReading now) {
        if (partial.lost(now.nanos()) || partial.busy() || !anyDue(now)) {
            return;
        }
        Map<Candidate, TermKey> due = due(now);
        Map<Candidate, TermKey> batch = new LinkedHashMap<>();
        due.entrySet().stream().limit(portion.size()).forEach(each -> batch.put(each.getKey(), each.getValue()));
        if (!batch.isEmpty()) {
            send(batch, batch.size() < due.size(), now);
        }
    }

    private Map<Candidate, TermKey> due(ClockReading now) {
        Map<Candidate, TermKey> all = new LinkedHashMap<>();
        for (Candidate candidate : engine.candidates()) {
            long soon = candidate.me().timing().heartbeat().toNanos() / 2;
            Leadership due = candidate.dueForRenewal(now.nanos() + soon);
            if (due != null && due.isValid()) {
                all.put(candidate, due.key());
            }
        }
        return all;
    }

    private void send(Map<Candidate, TermKey> batch, boolean moreAreDue, ClockReading now) {
        List<TermKey> keys = List.copyOf(batch.values());
        Duration bound = Engine.attempt(batch.keySet());
        engine.<Map<String, RenewResult>>send(
                Kind.RENEW,
                bound,
                store -> store.renew(keys),
                answers -> {
                    portion.answered(keys.size(), bound, engine.now().nanos() - now.nanos());
                    batch.forEach((c, key) -> Engine.guarded(c, () -> renewedOrSingly(c, key, answers, now)));
                    goOn(moreAreDue);
                },
                failure -> {
                    portion.failed(keys.size(), bound, engine.now().nanos() - now.nanos());
                    batch.forEach((c, key) -> Engine.guarded(c, () -> renewFailed(c, key, failure)));
                    goOn(moreAreDue);
                });
        batch.forEach((candidate, key) -> candidate.renewalSent(key.token(), now));
        if (moreAreDue) {
            partial.begin(now.nanos(), bound);
        }
    }

    /** What is due has to wait for a call that is under way. */
    boolean haveToWait() {
        return partial.busy();
    }

    private void goOn(boolean moreAreDue) {
        if (moreAreDue) {
            partial.end();
            send(engine.now());
        }
    }

    /** A plain loop: with ten thousand elections it runs fifty times a second. */
    private boolean anyDue(ClockReading now) {
        for (Candidate candidate : engine.candidates()) {
            if (candidate.dueForRenewal(now.nanos()) != null) {
                return true;
            }
        }
        return false;
    }

    /** A name that is missing from a batch's answer is neither renewed nor lost: somebody else held its row just then. */
    private void renewedOrSingly(
            Candidate candidate, TermKey key, Map<String, RenewResult> answers, ClockReading sentAt) {
        RenewResult result = answers.get(key.election());
        if (result != null) {
            candidate.renewed(key.token(), sentAt, result, engine.now());
            return;
        }
        if (candidate.leadership().filter(term -> term.key().equals(key)).isEmpty()) {
            return; // over meanwhile: then it is not even sent
        }
        ClockReading sentAgainAt = engine.now();
        engine.<RenewResult>send(
                Kind.RENEW,
                candidate.me().timing().attempt(),
                store -> store.renewOne(key),
                answer -> candidate.renewed(key.token(), sentAgainAt, answer, engine.now()),
                failure -> renewFailed(candidate, key, failure));
    }

    private void renewFailed(Candidate candidate, TermKey key, Throwable failure) {
        candidate.renewFailed(key.token(), failure, engine.now(), engine.chance());
    }
}
