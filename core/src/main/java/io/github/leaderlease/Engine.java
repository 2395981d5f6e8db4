package io.github.leaderlease;

import io.github.leaderlease.StoreCalls.Kind;
import io.github.leaderlease.Transition.Action;
import io.github.leaderlease.spi.AcquireRequest;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.Follow;
import io.github.leaderlease.spi.Reading;
import io.github.leaderlease.spi.RenewResult;
import io.github.leaderlease.spi.Scheduler;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs all elections of one process: what is due is sent, in one statement for all; what is answered goes to the rules.
 * Single-threaded on its scheduler, and it never blocks.
 */
final class Engine {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration LATE = Duration.ofSeconds(1);
    private static final Duration LEAST_PATIENCE = Duration.ofMillis(20);

    private final Scheduler time;
    private final StoreCalls calls;
    private final RandomGenerator random;
    private final Stalls stalls;
    private final Set<Candidate> candidates = new LinkedHashSet<>();

    /** Those that are about to take over, or are held up by somebody's transaction: they share one patience. */
    private final Set<Candidate> takingOver = new HashSet<>();

    /** How many they are; read when an attempt begins, on another thread. */
    private volatile int sharing;

    private boolean turnPending;
    private boolean reading;
    private int readFailures;
    private long readAllowedAt;
    private long wakeAt;
    private @Nullable Runnable cancelWake;

    Engine(Scheduler time, StoreCalls calls, RandomGenerator random, Stalls stalls) {
        this.time = time;
        this.calls = calls;
        this.random = random;
        this.stalls = stalls;
        this.readAllowedAt = time.nanoTime();
    }

    /** Told when the engine's own timer came late: this process did not run, or ran out of processors. */
    interface Stalls {
        void late(Duration by);
    }

    ClockReading now() {
        return ClockReading.of(time);
    }

    /** Any thread: runs a change of some candidate's state, then sends what is due. */
    void run(Runnable change) {
        time.schedule(Duration.ZERO, () -> {
            soon();
            change.run();
        });
    }

    void add(Candidate candidate) {
        run(() -> candidates.add(candidate));
    }

    void remove(Candidate candidate) {
        candidates.remove(candidate);
        share(candidate, false);
    }

    /** Looks for what is due, once for all that happens at the same time. */
    private void soon() {
        if (!turnPending) {
            turnPending = true;
            time.schedule(Duration.ZERO, this::turn);
        }
    }

    private void turn() {
        turnPending = false;
        ClockReading now = now();
        try {
            each(List.copyOf(candidates), candidate -> candidate.tick(now));
            sendRenewals(now);
            sendRead(now);
        } finally {
            wakeUp(now);
        }
    }

    private static void each(Iterable<Candidate> all, Consumer<Candidate> action) {
        all.forEach(candidate -> guarded(candidate, () -> action.accept(candidate)));
    }

    /** A defect that hits one election must not reach the others. */
    private static void guarded(Candidate candidate, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            LOG.error("election {}: a defect in leader-lease", candidate.me().election(), e);
        }
    }

    private void wakeUp(ClockReading now) {
        if (cancelWake != null) {
            cancelWake.run();
        }
        wakeAt = Agenda.next(candidates, now.nanos() + IDLE.toNanos(), reading ? null : readAllowedAt);
        cancelWake = time.schedule(Duration.ofNanos(Math.max(0, wakeAt - now.nanos())), this::woken);
    }

    private void woken() {
        cancelWake = null;
        long late = time.nanoTime() - wakeAt;
        turn();
        if (late > LATE.toNanos()) {
            stalls.late(Duration.ofNanos(late));
        }
    }

    /** Once one lease is due, all that will be soon go along. */
    private void sendRenewals(ClockReading now) {
        if (candidates.stream().allMatch(candidate -> candidate.dueForRenewal(now.nanos()) == null)) {
            return;
        }
        Map<Candidate, TermKey> batch = new LinkedHashMap<>();
        for (Candidate candidate : candidates) {
            long soon = candidate.me().timing().heartbeat().toNanos() / 10;
            Leadership due = candidate.dueForRenewal(now.nanos() + soon);
            if (due != null && due.isValid()) {
                batch.put(candidate, due.key());
                candidate.renewalSent(due.fencingToken());
            }
        }
        if (batch.isEmpty()) {
            return;
        }
        List<TermKey> keys = List.copyOf(batch.values());
        this.<Map<String, RenewResult>>send(
                Kind.RENEW,
                attempt(batch.keySet()),
                store -> store.renew(keys),
                answers -> batch.forEach((c, key) -> guarded(c, () -> renewedOrSingly(c, key, answers, now))),
                failure -> batch.forEach((c, key) -> guarded(c, () -> renewFailed(c, key, failure))));
    }

    /** A name that is missing from a batch's answer is neither renewed nor lost: somebody else held its row just then. */
    private void renewedOrSingly(
            Candidate candidate, TermKey key, Map<String, RenewResult> answers, ClockReading sentAt) {
        RenewResult result = answers.get(key.election());
        if (result != null) {
            candidate.renewed(key.token(), sentAt, result, now());
            return;
        }
        if (candidate.leadership().filter(term -> term.key().equals(key)).isEmpty()) {
            return; // over meanwhile: then it is not even sent
        }
        ClockReading sentAgainAt = now();
        this.<RenewResult>send(
                Kind.RENEW,
                candidate.me().timing().attempt(),
                store -> store.renewOne(key),
                answer -> candidate.renewed(key.token(), sentAgainAt, answer, now()),
                failure -> renewFailed(candidate, key, failure));
    }

    private void renewFailed(Candidate candidate, TermKey key, Throwable failure) {
        candidate.renewFailed(key.token(), failure, now(), random.nextDouble());
    }

    /** Whenever one follower is due, all look: one statement a process, however many elections. */
    private void sendRead(ClockReading now) {
        boolean due = candidates.stream()
                .anyMatch(c -> c.state().follows() && c.state().readDueAt() - now.nanos() <= 0);
        if (!due || reading || readAllowedAt - now.nanos() > 0) {
            return;
        }
        List<Follow> followed = new ArrayList<>();
        List<Candidate> readers = new ArrayList<>();
        for (Candidate candidate : candidates) {
            if (candidate.state().follows()) {
                readers.add(candidate);
                followed.add(candidate.follow());
            }
        }
        reading = true;
        this.<Reading>send(
                Kind.OTHER,
                attempt(readers),
                store -> store.read(followed),
                answer -> readAnswered(readers, answer, now.nanos()),
                failure -> readFailed(readers, failure));
    }

    private void readAnswered(List<Candidate> readers, Reading answer, long sentAt) {
        reading = false;
        readFailures = 0;
        ClockReading now = now();
        each(readers, candidate -> {
            Reading.Election election =
                    answer.elections().getOrDefault(candidate.me().election(), candidate.lastSeen());
            if (election != null) {
                ReadAnswer seen = new ReadAnswer(sentAt, now, answer.incarnation(), election);
                candidate.read(seen, random.nextDouble());
                if (!candidate.state().attempts()) {
                    share(candidate, false);
                }
            }
        });
    }

    private void readFailed(List<Candidate> readers, Throwable failure) {
        reading = false;
        readFailures++;
        readAllowedAt = time.nanoTime() + TermRules.retryNanos(random.nextDouble(), readFailures - 1);
        each(readers, candidate -> candidate.readFailed(failure, readFailures == 1));
    }

    void acquire(Candidate candidate, Action.Acquire acquire) {
        share(candidate, true);
        this.<OptionalLong>send(
                Kind.OTHER,
                candidate.me().timing().attempt(),
                store -> store.acquire(patient(acquire.request())),
                token -> {
                    share(candidate, false);
                    candidate.acquired(acquire.attempt(), token, now());
                },
                failure -> {
                    share(candidate, FollowRules.isBlocked(failure));
                    candidate.acquireFailed(acquire.attempt(), failure, now(), random.nextDouble());
                });
    }

    private void share(Candidate candidate, boolean takesPart) {
        boolean changed = takesPart ? takingOver.add(candidate) : takingOver.remove(candidate);
        if (changed) {
            sharing = takingOver.size();
        }
    }

    /** Many stuck fences together hold up the others no longer than one; but to wait not at all would starve. */
    private AcquireRequest patient(AcquireRequest request) {
        Duration part = request.patience().dividedBy(Math.max(1, sharing));
        return request.patience(part.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : part);
    }

    void release(Candidate candidate, Action.Release release) {
        time.schedule(
                release.delay(),
                () -> this.<Boolean>send(
                        Kind.OTHER,
                        candidate.me().timing().attempt(),
                        store -> store.release(release.key(), release.reason().name()),
                        released -> candidate.released(release.key().token(), now()),
                        failure ->
                                candidate.releaseFailed(release.key().token(), failure, now(), random.nextDouble())));
    }

    /** Whatever an answer changes, what has become due is looked for afterwards. */
    private <T> void send(
            Kind kind, Duration bound, Function<LeaseStore, T> call, Consumer<T> answer, Consumer<Throwable> failure) {
        calls.call(
                kind,
                bound,
                call,
                value -> {
                    soon();
                    answer.accept(value);
                },
                cause -> {
                    soon();
                    failure.accept(cause);
                });
    }

    private static Duration attempt(Iterable<Candidate> batch) {
        Duration shortest = Timing.MAX_TTL;
        for (Candidate candidate : batch) {
            Duration attempt = candidate.me().timing().attempt();
            shortest = attempt.compareTo(shortest) < 0 ? attempt : shortest;
        }
        return shortest;
    }
}
