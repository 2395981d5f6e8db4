package io.github.leaderlease;

import io.github.leaderlease.StoreCalls.Kind;
import io.github.leaderlease.spi.RenewResult;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** How the leaders of one process renew their leases: in one call for all that are due, or as many as it can do. */
final class Heartbeats {

    /** A lane answers within the bound of a call. */
    private static final Duration LATEST_ANSWER = Duration.ofMillis(250);

    private final Engine engine;
    private final Portion portion = new Portion();

    /** A call that could not be about all that were due: the next one has to wait for it. */
    private final InFlight partial = new InFlight();

    /** What a call has left out goes singly, once no other lease has to wait for it. */
    private final Queue<Runnable> singly = new ArrayDeque<>();

    private long allowedAt;

    Heartbeats(Engine engine, long now) {
        this.engine = engine;
        this.allowedAt = now;
    }

    /** Once one lease is due, all that are due within half a heartbeat go along: so those of one process fall together. */
    void send(ClockReading now) {
        if (partial.lost(now.nanos()) || partial.busy() || allowedAt - now.nanos() > 0 || !anyDue(now)) {
            return;
        }
        List<Candidate> due = due(now);
        if (!due.isEmpty()) {
            List<Candidate> piece = due.subList(0, Math.min(portion.size(), due.size()));
            send(piece, due.size() > piece.size(), Engine.attempt(due), now);
        }
    }

    /** Who has waited longest comes first: if they are too many for one call, none may be late for another's sake. */
    private List<Candidate> due(ClockReading now) {
        List<Candidate> all = new ArrayList<>();
        for (Candidate candidate : engine.candidates()) {
            long soon = candidate.me().timing().heartbeat().toNanos() / 2;
            Leadership due = candidate.dueForRenewal(now.nanos() + soon);
            if (due != null && due.isValid()) {
                all.add(candidate);
            }
        }
        if (all.size() > portion.size()) {
            all.sort((a, b) -> Long.signum(a.renewalDueAt() - b.renewalDueAt()));
        }
        return all;
    }

    private void send(List<Candidate> piece, boolean moreAreDue, Duration bound, ClockReading now) {
        Map<Candidate, TermKey> batch = new LinkedHashMap<>();
        piece.forEach(candidate -> candidate.leadership().ifPresent(term -> batch.put(candidate, term.key())));
        if (batch.isEmpty()) {
            return; // over since a moment ago
        }
        List<TermKey> keys = List.copyOf(batch.values());
        Portion.Call call = portion.call(keys.size(), bound, engine::nanos);
        engine.<Map<String, RenewResult>>send(
                Kind.RENEW,
                bound,
                store -> {
                    call.begins();
                    return store.renew(keys);
                },
                answers -> {
                    call.answered();
                    batch.forEach((c, key) -> Engine.guarded(c, () -> renewedOrSingly(c, key, answers, now)));
                    ended(moreAreDue);
                    if (moreAreDue) {
                        send(engine.now());
                    }
                    sendSingly();
                },
                failure -> {
                    call.failed();
                    batch.forEach((c, key) -> Engine.guarded(c, () -> renewFailed(c, key, failure)));
                    ended(moreAreDue);
                    if (moreAreDue) { // the next piece would most likely fail at once as well
                        allowedAt = engine.nanos() + TermRules.retryNanos(engine.chance(), 0);
                    }
                    sendSingly();
                });
        batch.forEach((candidate, key) -> candidate.renewalSent(key.token(), now));
        if (moreAreDue) {
            partial.beginAnsweredWithin(now.nanos(), bound.plus(LATEST_ANSWER));
        }
    }

    /** When renewals may be sent; null while what is due has to wait for a call that is under way. */
    @Nullable
    Long allowedAt() {
        return partial.busy() ? null : allowedAt;
    }

    private void ended(boolean wasPartial) {
        if (wasPartial) {
            partial.end();
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
        } else {
            singly.add(() -> sendSingly(candidate, key));
        }
    }

    private void sendSingly() {
        while (!partial.busy() && !singly.isEmpty()) {
            singly.remove().run();
        }
    }

    private void sendSingly(Candidate candidate, TermKey key) {
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
