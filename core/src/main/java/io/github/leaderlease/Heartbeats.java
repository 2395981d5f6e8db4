package io.github.leaderlease;

import io.github.leaderlease.StoreCalls.Kind;
import io.github.leaderlease.spi.RenewResult;
import io.github.leaderlease.spi.TermKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How the leaders of one process renew their leases: in one statement for all that are due. */
final class Heartbeats {

    private final Engine engine;

    Heartbeats(Engine engine) {
        this.engine = engine;
    }

    /** Once one lease is due, all that are due within half a heartbeat go along: so those of one process fall together. */
    void send(ClockReading now) {
        if (!anyDue(now)) {
            return;
        }
        Map<Candidate, TermKey> batch = new LinkedHashMap<>();
        for (Candidate candidate : engine.candidates()) {
            long soon = candidate.me().timing().heartbeat().toNanos() / 2;
            Leadership due = candidate.dueForRenewal(now.nanos() + soon);
            if (due != null && due.isValid()) {
                batch.put(candidate, due.key());
            }
        }
        if (batch.isEmpty()) {
            return;
        }
        List<TermKey> keys = List.copyOf(batch.values());
        engine.<Map<String, RenewResult>>send(
                Kind.RENEW,
                Engine.attempt(batch.keySet()),
                store -> store.renew(keys),
                answers -> batch.forEach((c, key) -> Engine.guarded(c, () -> renewedOrSingly(c, key, answers, now))),
                failure -> batch.forEach((c, key) -> Engine.guarded(c, () -> renewFailed(c, key, failure))));
        batch.forEach((candidate, key) -> candidate.renewalSent(key.token(), now));
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
