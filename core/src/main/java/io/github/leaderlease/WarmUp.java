package io.github.leaderlease;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.PresenceStore;
import io.github.leaderlease.spi.Scheduler;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;

/**
 * The first calls of a JVM and of a connection take many times as long as all later ones: better at the start than in need.
 * All of them name an election that cannot exist, so they change nothing and lock no row.
 */
final class WarmUp {

    private static final Logger LOG = Loggers.COORDINATOR;

    /** PostgreSQL keeps the plan of a prepared statement after the tenth time, a JVM compiles after some hundred. */
    private static final int ROUNDS = 200;

    /** Where the network is slow, being warm matters less than being there. */
    private static final Duration BOUND = Duration.ofMillis(200);

    private static final Duration HEIRS_BOUND = Duration.ofMillis(100);

    /** Processes that start together do not queue for one fence. */
    private static final String NOBODY = Names.NOBODY + UUID.randomUUID();

    private static final TermKey TERM = new TermKey(NOBODY, -1, Names.NOBODY);

    private final AsyncStore.Kind lane;
    private final Scheduler time;
    private final boolean publishing;

    WarmUp(AsyncStore.Kind lane, Scheduler time, boolean publishing) {
        this.lane = lane;
        this.time = time;
        this.publishing = publishing;
    }

    /** One read tells whether the store can be used. What else goes wrong here will be told when it matters. */
    boolean run(LeaseStore store) {
        String incarnation = store.read(Map.of(NOBODY, 0L)).incarnation();
        repeat(BOUND, calls(store, attempt(incarnation)));
        if (lane == AsyncStore.Kind.OTHER) {
            // last, and within bounds of its own: whoever has locked the tables of presence must not hold up the start
            store.limit(PresenceQuestions.BOUND, PresenceQuestions.BOUND);
            repeat(
                    HEIRS_BOUND,
                    List.of(
                            () -> asks(store, presence -> presence.heirs(List.of(NOBODY), Names.NOBODY, null)),
                            () -> asks(store, presence -> presence.ranks(List.of(NOBODY), Names.NOBODY))));
        }
        return true;
    }

    private static <T> void asks(LeaseStore store, Function<PresenceStore, Map<String, T>> question) {
        Map<String, T> unused = store.presence(question);
    }

    private void repeat(Duration bound, List<Runnable> calls) {
        long start = time.nanoTime();
        try {
            for (int i = 0; i < ROUNDS * calls.size() && time.nanoTime() - start < bound.toNanos(); i++) {
                calls.get(i % calls.size()).run();
            }
        } catch (LeaseStoreException e) {
            if (e.failure() == Failure.UNAVAILABLE) {
                throw e; // the connection is broken
            }
            BackgroundLog.say(() -> LOG.debug("a connection was not warmed up to the end", e));
        }
    }

    /** What the lane will be asked to do later. */
    private List<Runnable> calls(LeaseStore store, AcquireRequest attempt) {
        if (lane == AsyncStore.Kind.RENEW) {
            return List.of(() -> store.renew(List.of(TERM)));
        }
        List<Runnable> calls = new ArrayList<>(List.of(
                () -> store.read(Map.of(NOBODY, 0L)),
                () -> store.acquire(attempt),
                () -> store.release(TERM, LossReason.RESIGNED.name())));
        if (publishing) {
            calls.add(() -> store.publish(List.of()));
        }
        return calls;
    }

    /** For a lease with a token that none has. */
    private static AcquireRequest attempt(String incarnation) {
        ElectionVersion version = new ElectionVersion(incarnation, true, -1, -1, 0);
        return new AcquireRequest(
                NOBODY,
                version,
                Names.NOBODY,
                Names.NOBODY,
                null,
                Timing.MIN_TTL,
                0,
                LossReason.EXPIRED.name(),
                Timing.lockTimeout(Timing.MIN_TTL));
    }
}
