package io.github.leaderlease;

import io.github.leaderlease.AsyncStore.Kind;
import io.github.leaderlease.Transition.Action;
import io.github.leaderlease.spi.LeaseStore.ReleaseRequest;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.PresenceStore.Heir;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The releases of one process: one call at a time, so that none waits in a lane for longer than it may take. Whatever comes
 * while one is under way goes together in the next; what somebody's fence is in the way of goes singly and last.
 */
final class Releaser {

    /** What one candidate wants; it has demoted its term and told its listeners. */
    private record Pending(Candidate candidate, Action.Release release) {
        String election() {
            return release.key().election();
        }

        /** To the heir that the leader has chosen, or to the one that was found. */
        ReleaseRequest request(Map<String, Heir> heirs) {
            Heir found = heirs.get(election());
            String chosen = release.handover().heir();
            String heir = chosen != null || found == null ? chosen : found.nodeId();
            return new ReleaseRequest(release.key(), release.handover().reason().name(), heir);
        }

        void waits(ClockReading now) {
            candidate.calls().releaseWaits(now.nanos(), candidate.me().timing().callTimeout());
        }
    }

    private final Sender sender;
    private final Publisher publisher;
    private final PresenceQuestions questions;
    private final Deque<Pending> waiting = new ArrayDeque<>();
    private final Deque<Pending> heldUp = new ArrayDeque<>();
    private final Portion portion = new Portion(Acquirer.MOST_TOGETHER);
    private final InFlight underWay = new InFlight();

    Releaser(Sender sender, Publisher publisher, PresenceQuestions questions) {
        this.sender = sender;
        this.publisher = publisher;
        this.questions = questions;
    }

    void add(Candidate candidate, Action.Release release) {
        if (release.delay().isZero()) {
            addNow(candidate, release);
        } else {
            sender.after(release.delay(), () -> addNow(candidate, release));
        }
    }

    private void addNow(Candidate candidate, Action.Release release) {
        waiting.add(new Pending(candidate, release));
        sendNext();
    }

    /** In each turn: an answer may have got lost within this process. */
    void send(ClockReading now) {
        boolean unused = underWay.lost(now.nanos());
        sendNext();
        waiting.forEach(pending -> pending.waits(now));
        heldUp.forEach(pending -> pending.waits(now));
    }

    private void sendNext() {
        if (underWay.busy() || (waiting.isEmpty() && heldUp.isEmpty())) {
            return;
        }
        boolean together = waiting.size() > 1;
        Deque<Pending> queue = waiting.isEmpty() ? heldUp : waiting;
        List<Pending> taken =
                queue.stream().limit(together ? portion.size() : 1).toList();
        try {
            taken.forEach(queue::remove);
            List<Pending> batch = oncePerTerm(taken);
            Duration bound =
                    Sender.callTimeout(batch.stream().map(Pending::candidate).toList());
            ClockReading now = sender.now();
            underWay.begin(now.nanos(), bound.plus(PresenceQuestions.BOUND));
            withHeirs(batch, heirs -> send(batch, together, heirs, bound));
            batch.forEach(pending -> pending.waits(now));
        } catch (RuntimeException | Error e) {
            underWay.end();
            taken.stream().filter(each -> !waiting.contains(each)).forEach(waiting::add);
            throw e;
        }
    }

    /** Only those whose leader has not chosen one need be found. */
    private void withHeirs(List<Pending> batch, Consumer<Map<String, Heir>> then) {
        List<String> unknown = batch.stream()
                .filter(each -> each.release.handover().heir() == null)
                .map(Pending::election)
                .toList();
        if (unknown.isEmpty()) {
            then.accept(Map.of());
        } else {
            questions.ask(presence -> presence.heirs(unknown, questions.nodeId(), null), then);
        }
    }

    private void send(List<Pending> batch, boolean together, Map<String, Heir> heirs, Duration bound) {
        List<ReleaseRequest> requests =
                batch.stream().map(pending -> pending.request(heirs)).toList();
        if (together) {
            sendTogether(batch, requests, bound);
        } else {
            sendSingly(batch.get(0), requests.get(0), bound);
        }
    }

    /** After an error one may have been added twice. */
    private static List<Pending> oncePerTerm(List<Pending> taken) {
        Map<TermKey, Pending> byTerm = new LinkedHashMap<>();
        taken.forEach(each -> byTerm.putIfAbsent(each.release.key(), each));
        return List.copyOf(byTerm.values());
    }

    private void sendTogether(List<Pending> batch, List<ReleaseRequest> requests, Duration bound) {
        sender.<Set<String>>send(
                portion,
                requests.size(),
                Kind.OTHER,
                bound,
                store -> {
                    Set<String> released = store.release(requests);
                    publisher.released(
                            store,
                            requests.stream()
                                    .filter(each ->
                                            released.contains(each.term().election()))
                                    .toList());
                    return released;
                },
                released -> {
                    batch.forEach(each -> releasedOrSingly(each, released));
                    next();
                },
                failure -> {
                    batch.forEach(each -> failedTogether(each, failure));
                    next();
                });
    }

    private void releasedOrSingly(Pending pending, Set<String> released) {
        if (released.contains(pending.election())) {
            Defects.guarded(pending.candidate, () -> released(pending));
        } else {
            heldUp.add(pending);
        }
    }

    /** One that cannot be done must not keep the others from being done. */
    private void failedTogether(Pending pending, Throwable failure) {
        if (Failure.of(failure) == Failure.UNAVAILABLE) {
            Defects.guarded(pending.candidate, () -> failed(pending, failure));
        } else {
            heldUp.add(pending);
        }
    }

    private void sendSingly(Pending pending, ReleaseRequest request, Duration bound) {
        sender.<Boolean>send(
                Kind.OTHER,
                bound,
                store -> {
                    boolean released = store.release(request);
                    // if not: perhaps by an earlier try, whose answer got lost before anything was announced
                    publisher.released(store, List.of(request));
                    return released;
                },
                released -> {
                    Defects.guarded(pending.candidate, () -> released(pending));
                    next();
                },
                failure -> {
                    Defects.guarded(pending.candidate, () -> failed(pending, failure));
                    next();
                });
    }

    private void next() {
        underWay.end();
        sendNext();
    }

    private void released(Pending pending) {
        long token = pending.release.key().token();
        pending.candidate.apply((state, me) -> LeaderRules.released(state, token, sender.now()));
    }

    private void failed(Pending pending, Throwable failure) {
        long token = pending.release.key().token();
        pending.candidate.apply(
                (state, me) -> LeaderRules.releaseFailed(state, me, token, failure, sender.now(), sender.random()));
    }
}
