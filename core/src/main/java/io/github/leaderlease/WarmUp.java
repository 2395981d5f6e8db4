package io.github.leaderlease;

import io.github.leaderlease.spi.AcquireRequest;
import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.Scheduler;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/**
 * The first calls of a JVM and of a connection take many times as long as all later ones: better at the start than in need.
 * All of them ask for an election that cannot exist, so they change nothing and no row is locked.
 */
final class WarmUp {

    /** PostgreSQL keeps the plan of a prepared statement after the tenth time, a JVM compiles after some hundred. */
    private static final int ROUNDS = 200;

    /** Where the network is slow, being warm matters less than being there. */
    private static final Duration BOUND = Duration.ofMillis(200);

    /** Processes that start together do not queue for one fence. */
    private static final String NOBODY = Names.NOBODY + UUID.randomUUID();

    private static final TermKey TERM = new TermKey(NOBODY, -1, Names.NOBODY);

    private WarmUp() {}

    /** What a lane will be asked to do later, for a while. */
    static Function<LeaseStore, Boolean> of(StoreCalls.Kind lane, Scheduler time) {
        return store -> {
            long start = time.nanoTime();
            for (int i = 0; i == 0 || (i < ROUNDS && time.nanoTime() - start < BOUND.toNanos()); i++) {
                String incarnation = store.read(Map.of(NOBODY, 0L)).incarnation();
                if (lane == StoreCalls.Kind.RENEW) {
                    store.renew(List.of(TERM));
                } else {
                    store.acquire(attempt(incarnation));
                    store.acquireReleased(attempt(incarnation));
                    store.release(TERM, LossReason.RESIGNED.name());
                    store.announce(List.of());
                }
            }
            return true;
        };
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
                Timing.patience(Timing.MIN_TTL));
    }
}
