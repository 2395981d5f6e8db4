package io.github.leaderlease;

import io.github.leaderlease.AsyncStore.Kind;
import io.github.leaderlease.spi.LeaseStore.RenewResult;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** How the leaders of one process renew their leases: in one call for all that are due, or as many as it can do. */
final class Renewer {

    /** Most locks on a row are held for less. */
    private static final Duration MOMENT = Duration.ofMillis(100);

    /** A lane answers within the bound of a call. */
    private static final Duration LATEST_ANSWER = Duration.ofMillis(250);

    /** A lease that is to be renewed. */
    private record Due(Candidate candidate, TermKey key) {}

    private final Sender sender;
    private final Collection<Candidate> candidates;
    private final Portion portion = new Portion();

    /** A call that could not be about all that were due: the next one has to wait for it. */
    private final InFlight partial = new InFlight();

    /** What a call has left out goes singly, once no other lease has to wait for it. */
    private final Queue<Due> singly = new ArrayDeque<>();

    private long allowedAt;

    /** For all candidates of this process, whoever they are at the time. */
    Renewer(Sender sender, Collection<Candidate> candidates) {
        this.sender = sender;
        this.candidates = candidates;
        this.allowedAt = sender.now().nanos();
    }

    /** Once one lease is due, all that are due within half a heartbeat go along: so those of one process fall together. */
    void send(ClockReading now) {
        if (partial.lost(now.nanos()) || partial.busy() || allowedAt - now.nanos() > 0 || !anyDue(now)) {
            return;
        }
        List<Due> due = due(now);
        if (!due.isEmpty()) {
            Duration bound = Sender.callTimeout(due.stream().map(Due::candidate).toList());
            List<Due> piece = due.subList(0, Math.min(portion.size(), due.size()));
            send(piece, due.size() > piece.size(), bound, now);
        }
    }

    /** Who has waited longest comes first: if they are too many for one call, none may be late for another's sake. */
    private List<Due> due(ClockReading now) {
        List<Due> all = new ArrayList<>();
        for (Candidate candidate : candidates) {
            long soon = candidate.me().timing().heartbeat().toNanos() / 2;
            HeldTerm term = candidate.knowledge().term();
            if (term != null && isDue(candidate, now.nanos() + soon) && term.isValid()) {
                all.add(new Due(candidate, term.key()));
            }
        }
        if (all.size() > portion.size()) {
            all.sort((a, b) -> Long.signum(dueAt(a.candidate) - dueAt(b.candidate)));
        }
        return all;
    }

    private static boolean isDue(Candidate candidate, long before) {
        return candidate.state().role() instanceof Role.Leading leading
                && leading.renewDueAt() - before <= 0
                && !candidate.calls().renews(leading.key().token());
    }

    private static long dueAt(Candidate candidate) {
        return candidate.state().role() instanceof Role.Leading leading
                ? leading.renewDueAt()
                : candidate.me().time().nanoTime();
    }

    private void send(List<Due> batch, boolean moreAreDue, Duration bound, ClockReading now) {
        List<TermKey> keys = batch.stream().map(Due::key).toList();
        sender.<Map<String, RenewResult>>send(
                portion,
                keys.size(),
                Kind.RENEW,
                bound,
                store -> store.renew(keys),
                answers -> {
                    batch.forEach(each -> Defects.guarded(each.candidate, () -> renewedOrSingly(each, answers, now)));
                    ended(moreAreDue);
                    if (moreAreDue) {
                        send(sender.now());
                    }
                    singlyInAMoment();
                },
                failure -> {
                    batch.forEach(each -> Defects.guarded(each.candidate, () -> renewFailed(each, failure)));
                    ended(moreAreDue);
                    if (moreAreDue) { // the next piece would most likely fail at once as well
                        allowedAt = sender.now().nanos() + LeaderRules.retryNanos(sender.random(), 0);
                    }
                    singlyInAMoment();
                });
        batch.forEach(each -> each.candidate
                .calls()
                .renewalSent(
                        each.key.token(),
                        now.nanos(),
                        each.candidate.me().timing().callTimeout()));
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
        for (Candidate candidate : candidates) {
            if (isDue(candidate, now.nanos()) && candidate.knowledge().term() != null) {
                return true;
            }
        }
        return false;
    }

    /** A name that is missing from a batch's answer is neither renewed nor lost: somebody else held its row just then. */
    private void renewedOrSingly(Due due, Map<String, RenewResult> answers, ClockReading sentAt) {
        RenewResult result = answers.get(due.key.election());
        if (result != null) {
            due.candidate.renewed(due.key.token(), sentAt, result, sender.now());
        } else {
            singly.add(due);
        }
    }

    private void singlyInAMoment() {
        if (!singly.isEmpty()) {
            sender.after(MOMENT, this::sendSingly);
        }
    }

    private void sendSingly() {
        while (!partial.busy() && !singly.isEmpty()) {
            sendSingly(singly.remove());
        }
    }

    private void sendSingly(Due due) {
        Candidate candidate = due.candidate;
        TermKey key = due.key;
        if (!candidate.knowledge().holds(key)) {
            return; // over meanwhile: then it is not even sent
        }
        ClockReading sentAgainAt = sender.now();
        sender.<RenewResult>send(
                Kind.RENEW,
                candidate.me().timing().callTimeout(),
                store -> store.renewOne(key),
                answer -> candidate.renewed(key.token(), sentAgainAt, answer, sender.now()),
                failure -> renewFailed(due, failure));
    }

    private void renewFailed(Due due, Throwable failure) {
        due.candidate.renewFailed(due.key.token(), failure, sender.now(), sender.random());
    }
}
