package io.github.leaderlease;

import io.github.leaderlease.AsyncStore.Kind;
import io.github.leaderlease.Transition.Action;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.PresenceStore.Node;
import io.github.leaderlease.spi.Scheduler;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs all elections of one process: what is due is sent, in one statement for all; what is answered goes to the rules.
 * Single-threaded on its scheduler, and it never blocks.
 */
final class Engine {

    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration LATE = Duration.ofSeconds(1);

    private static final Duration AFTER_DEFECT = Duration.ofMillis(100);

    /** What was due for longer than this and did not come got lost. */
    private static final Duration LOST = Duration.ofSeconds(1);

    private static final int MOST_TRIES = 3;

    /** With thousands of elections a turn takes milliseconds, and each of them has its news: then one turn serves many. */
    private static final long PAUSE_NANOS_PER_ELECTION = 5_000;

    private final Scheduler time;
    private final AsyncStore calls;
    private final Notices notices;
    private final Outage outage;
    private final Set<Candidate> candidates = new LinkedHashSet<>();

    private final Poller poller;
    private final Acquirer acquirer;
    private final Renewer renewer;
    private final Releaser releaser;
    private final Ranks ranks;
    private final FailBack failBack;
    private final Presence presence;
    private final Candidate.Host host = new Candidate.Host(this::run, this::perform, this::available, this::remove);
    private final DoubleSupplier random;
    private final Pulse pulse;
    private final Paces paces = new Paces();
    private boolean turnPending;
    private long turnDueAt;
    private long turnEndedAt;

    /** When anything was done here last. */
    private long activeAt;

    private boolean turnFailed;
    private long wakeAt;
    private @Nullable Runnable cancelWake;

    Engine(Scheduler time, AsyncStore calls, RandomGenerator random, Notices notices, boolean publishing, Node node) {
        this.time = time;
        this.calls = calls;
        this.notices = notices;
        this.outage = new Outage(notices);
        this.turnEndedAt = time.nanoTime();
        this.activeAt = turnEndedAt;
        Sender sender = new Sender(this::call, time, random);
        Publisher publisher = new Publisher(calls, publishing);
        this.acquirer = new Acquirer(sender, publisher);
        this.renewer = new Renewer(sender, candidates);
        PresenceQuestions questions = new PresenceQuestions(calls, time, node.nodeId(), this::callTimeout);
        this.releaser = new Releaser(sender, publisher, questions);
        this.failBack = new FailBack(turnEndedAt, questions, candidates, this::soon);
        this.presence = new Presence(calls, time, node, notices, outage::lasts, this::callTimeout);
        this.ranks = new Ranks(sender, questions, candidates, presence::quick, this::soon);
        this.poller = new Poller(sender, candidates, acquirer::forget);
        this.random = sender::random;
        this.pulse = new Pulse(time, () -> turnEndedAt, this::soon);
    }

    /** What a candidate needs of the engine that it is looked after by. */
    Candidate.Host host() {
        return host;
    }

    /** Any thread: runs a change of some candidate's state, then sends what is due. If it fails it is tried again. */
    void run(Runnable change) {
        time.schedule(Duration.ZERO, new Change(change));
    }

    /** A change, and how often it was tried. */
    private final class Change implements Runnable {
        private final Runnable change;
        private int tries;

        Change(Runnable change) {
            this.change = change;
        }

        @Override
        public void run() {
            tries++;
            try {
                soon();
                change.run();
            } catch (RuntimeException | Error e) {
                if (tries < MOST_TRIES) {
                    time.schedule(AFTER_DEFECT, this);
                }
                throw e;
            } finally {
                activeAt = time.nanoTime();
            }
        }
    }

    void add(Candidate candidate) {
        run(() -> {
            paces.resume(candidate);
            candidates.add(candidate);
            poller.notifications().follow(candidate.me().election());
            available(candidate);
        });
    }

    private void available(Candidate candidate) {
        if (candidates.contains(candidate)) {
            presence.joins(candidate.entry());
        }
    }

    /** Not being looked after any more comes last. Once it is not, what goes by its name may be another one's. */
    void remove(Candidate candidate) {
        if (!candidates.contains(candidate)) {
            return;
        }
        paces.keep(candidate, time.nanoTime());
        poller.notifications().forget(candidate.me().election());
        acquirer.forget(candidate);
        ranks.forget(candidate);
        failBack.forget(candidate);
        presence.leaves(candidate.me().election());
        candidates.remove(candidate);
    }

    /** Any thread: others say that these have changed. A reason to look or to try, not a thing to believe. */
    void hint(Collection<String> elections) {
        if (poller.notifications().add(elections)) {
            time.schedule(Duration.ZERO, this::soon);
        }
    }

    /** Any thread: from now on this process is told of changes, or is not any more. Either way some may have been missed. */
    void listening(boolean now) {
        run(() -> poller.listening(now));
    }

    /** Any thread. Completed when the others know that this process is gone, or when that cannot be told. */
    CompletableFuture<Void> leave() {
        CompletableFuture<Void> left = new CompletableFuture<>();
        run(() -> presence.leave(left));
        return left.completeOnTimeout(null, LOST.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Any thread: on its way down, and what is cut off by that is no outage of the database. */
    void stopping() {
        outage.over();
    }

    /** Looks for what is due, once for all that happens at the same time. */
    private void soon() {
        long now = time.nanoTime();
        if (turnPending && now - turnDueAt < LOST.toNanos()) {
            return;
        }
        long pause = candidates.size() * PAUSE_NANOS_PER_ELECTION - (now - turnEndedAt);
        turnAfter(now, Duration.ofNanos(Math.max(0, pause)));
    }

    private void turnAfter(long now, Duration pause) {
        long due = now + pause.toNanos();
        time.schedule(pause, this::turn);
        turnDueAt = due;
        turnPending = true;
    }

    private void turn() {
        turnPending = false;
        try {
            ClockReading now = ClockReading.of(time);
            turnFailed = false;
            Defects.each(List.copyOf(candidates), candidate -> candidate.tick(now, random));
            part(() -> renewer.send(now));
            part(() -> releaser.send(now));
            part(() -> poller.send(now));
            part(() -> acquirer.send(now)); // after the poller, which finds out who is an heir
            part(() -> ranks.send(now));
            part(() -> failBack.send(now));
            part(() -> presence.send(now, () -> any(ElectionState::attempts)));
        } catch (RuntimeException | Error e) {
            turnFailed = true;
            throw e;
        } finally {
            wakeUp();
        }
    }

    /** That one of them fails must not keep the others from what they do. */
    private void part(Runnable part) {
        try {
            part.run();
        } catch (RuntimeException | Error e) {
            turnFailed = true;
            Defects.log("all elections", e);
        }
    }

    /** What failed in this turn may still be due, but not so soon that it keeps everybody busy. */
    private void wakeUp() {
        Runnable cancel = cancelWake;
        cancelWake = null;
        long now = time.nanoTime();
        turnEndedAt = now;
        activeAt = now;
        if (cancel != null) {
            cancel.run();
        }
        long latest = poller.notificationsAt(presence.dueAt(failBack.dueAt(now + IDLE.toNanos())));
        long next = NextWakeup.next(candidates, latest, poller.allowedAt(), renewer.allowedAt());
        wakeAt = turnFailed ? Monotonic.later(next, now + AFTER_DEFECT.toNanos()) : next;
        cancelWake = time.schedule(Duration.ofNanos(Math.max(0, wakeAt - now)), this::woken);
        pulse.check(now, LOST);
    }

    /** A timer that only had to wait for work of ours is no sign of a pause. */
    private void woken() {
        cancelWake = null;
        long late = time.nanoTime() - Monotonic.later(wakeAt, activeAt);
        turn();
        if (late > LATE.toNanos()) {
            notices.late(Duration.ofNanos(late));
        }
    }

    private Duration callTimeout() {
        return Sender.callTimeout(candidates);
    }

    private boolean any(Predicate<ElectionState> what) {
        return candidates.stream().anyMatch(each -> what.test(each.state()));
    }

    private void perform(Candidate candidate, Action action) {
        if (action instanceof Action.Acquire acquire) {
            acquirer.add(candidate, acquire);
        } else if (action instanceof Action.Release release) {
            releaser.add(candidate, release);
        }
    }

    /** Whatever an answer changes, what has become due is looked for afterwards. */
    private <T> void call(
            Kind kind, Duration bound, Function<LeaseStore, T> call, Consumer<T> answer, Consumer<Throwable> failure) {
        calls.call(
                kind,
                bound,
                call,
                value -> {
                    try {
                        soon();
                        outage.answered(kind, time.nanoTime(), () -> any(ElectionState::leads));
                    } finally {
                        answer.accept(value);
                        activeAt = time.nanoTime();
                    }
                },
                cause -> {
                    try {
                        soon();
                        outage.failed(kind, cause, time.nanoTime());
                    } finally {
                        failure.accept(cause);
                        activeAt = time.nanoTime();
                    }
                });
    }
}
