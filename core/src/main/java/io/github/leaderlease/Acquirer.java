package io.github.leaderlease;

import io.github.leaderlease.AsyncStore.Kind;
import io.github.leaderlease.Transition.Action;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The attempts of one process to open terms: one call at a time, so that none waits in a lane for longer than it may take.
 * Many go together where the store can do that without waiting for anybody; what is in somebody's way goes singly and last.
 */
final class Acquirer {

    /** Takeovers in one transaction: a few tens of milliseconds, and few enough locks for a small server. */
    static final int MOST_TOGETHER = 250;

    private static final Duration LEAST_PATIENCE = Duration.ofMillis(20);

    /** What one candidate wants. */
    private record Attempt(Candidate candidate, Action.Acquire acquire) {}

    private final Sender sender;
    private final Publisher publisher;
    private final List<Attempt> waiting = new ArrayList<>();
    private final List<Attempt> heldUp = new ArrayList<>();

    /** Those that somebody's transaction is in the way of: they go singly and share one patience. */
    private final Set<Candidate> blocked = new HashSet<>();

    private final Portion portion = new Portion(MOST_TOGETHER);
    private final InFlight underWay = new InFlight();

    Acquirer(Sender sender, Publisher publisher) {
        this.sender = sender;
        this.publisher = publisher;
    }

    void add(Candidate candidate, Action.Acquire acquire) {
        (blocked.contains(candidate) ? heldUp : waiting).add(new Attempt(candidate, acquire));
    }

    /** It has no reason to attempt any more. */
    void forget(Candidate candidate) {
        blocked.remove(candidate);
    }

    void send(ClockReading now) {
        giveUpOld(waiting, now);
        giveUpOld(heldUp, now);
        boolean unused = underWay.lost(now.nanos());
        if (underWay.busy() || (waiting.isEmpty() && heldUp.isEmpty())) {
            return;
        }
        if (waiting.size() > 1) {
            sendTogether(now);
        } else {
            sendSingly((waiting.isEmpty() ? heldUp : waiting).remove(0), now);
        }
    }

    /** What waited for as long as an attempt may take would begin its term with that time gone. */
    private static void giveUpOld(List<Attempt> queue, ClockReading now) {
        List<Attempt> old =
                queue.stream().filter(attempt -> isOld(attempt, now)).toList();
        queue.removeIf(attempt -> isOld(attempt, now));
        old.forEach(attempt -> notTried(attempt, now));
    }

    private static boolean isOld(Attempt attempt, ClockReading now) {
        return now.nanos() - attempt.acquire.attempt()
                > attempt.candidate.me().timing().callTimeout().toNanos();
    }

    /** Some at random, so that processes that take over the same elections share them. */
    private void sendTogether(ClockReading now) {
        List<Attempt> batch = new ArrayList<>();
        while (batch.size() < portion.size() && !waiting.isEmpty()) {
            int last = waiting.size() - 1;
            Collections.swap(waiting, sender.randomBelow(waiting.size()), last);
            batch.add(waiting.remove(last));
        }
        List<AcquireRequest> requests =
                batch.stream().map(attempt -> attempt.acquire.request()).toList();
        Duration bound =
                Sender.callTimeout(batch.stream().map(Attempt::candidate).toList());
        sender.<Map<String, OptionalLong>>send(
                portion,
                batch.size(),
                Kind.OTHER,
                bound,
                store -> store.acquire(requests),
                answers -> {
                    underWay.end();
                    batch.forEach(attempt -> decidedOrLater(attempt, answers));
                    publisher.won(answers);
                    send(sender.now());
                },
                failure -> {
                    underWay.end();
                    batch.forEach(attempt -> failedTogether(attempt, failure));
                });
        underWay.begin(now.nanos(), bound);
    }

    /** What is missing from the answer was not tried, because somebody held it just then: perhaps has it now. */
    private void decidedOrLater(Attempt attempt, Map<String, OptionalLong> answers) {
        OptionalLong token = answers.get(attempt.acquire.request().election());
        if (token != null) {
            Defects.guarded(attempt.candidate, () -> acquired(attempt, token));
        } else if (answers.isEmpty()) {
            heldUp.add(attempt);
        } else {
            blocked.add(attempt.candidate);
            Defects.guarded(attempt.candidate, () -> notTried(attempt, sender.now()));
        }
    }

    private static void notTried(Attempt attempt, ClockReading now) {
        attempt.candidate.apply((state, me) -> FollowerRules.notTried(state, attempt.acquire.attempt(), now));
    }

    /** One that cannot be done must not keep the others from being done. */
    private void failedTogether(Attempt attempt, Throwable failure) {
        if (Failure.of(failure) == Failure.UNAVAILABLE) {
            Defects.guarded(attempt.candidate, () -> failed(attempt, failure));
        } else {
            heldUp.add(attempt);
        }
    }

    private void sendSingly(Attempt attempt, ClockReading now) {
        Candidate candidate = attempt.candidate;
        blocked.add(candidate);
        AcquireRequest request = patient(attempt.acquire.request());
        sender.<OptionalLong>send(
                Kind.OTHER,
                candidate.me().timing().callTimeout(),
                store -> store.acquire(request),
                token -> {
                    underWay.end();
                    blocked.remove(candidate);
                    acquired(attempt, token);
                    publisher.won(Map.of(request.election(), token));
                    send(sender.now());
                },
                failure -> {
                    underWay.end();
                    if (Failure.of(failure) != Failure.BLOCKED) {
                        blocked.remove(candidate);
                    }
                    failed(attempt, failure);
                    send(sender.now());
                });
        underWay.begin(now.nanos(), candidate.me().timing().callTimeout());
    }

    /** Many stuck fences together hold up the others no longer than one; but to wait not at all would starve. */
    private AcquireRequest patient(AcquireRequest request) {
        Duration part = request.lockTimeout().dividedBy(blocked.size());
        return request.lockTimeout(part.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : part);
    }

    private void acquired(Attempt attempt, OptionalLong token) {
        long number = attempt.acquire.attempt();
        attempt.candidate.apply((state, me) -> FollowerRules.acquired(state, me, number, token, sender.now()));
    }

    private void failed(Attempt attempt, Throwable failure) {
        failed(attempt.candidate, attempt.acquire.attempt(), failure);
    }

    private void failed(Candidate candidate, long attempt, Throwable failure) {
        candidate.apply(
                (state, me) -> FollowerRules.acquireFailed(state, me, attempt, failure, sender.now(), sender.random()));
    }
}
