package io.github.leaderlease;

import io.github.leaderlease.AsyncStore.Kind;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.Scheduler;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;

/**
 * Finds the heirs of terms that are about to be released: the processes that shall attempt at once, while all others leave
 * them some time. A hint: without one, or with a wrong one, the handover takes a part of a second longer.
 */
final class Heirs {

    private static final Logger LOG = Loggers.ELECTION;

    /**
     * A table that somebody has locked must not hold up the release for longer. The server gives up before that, so that the
     * release need not make a connection first.
     */
    static final Duration BOUND = Duration.ofMillis(400);

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
    private static final Duration AFTER_LOST_CONNECTION = Duration.ofMinutes(5);

    private final AsyncStore calls;
    private final Scheduler time;
    private final String nodeId;
    private long askAgainAt;

    /**
     * For one process.
     *
     * @param calls straight to the store: an heir that cannot be found is no outage, and makes nothing due
     */
    Heirs(AsyncStore calls, Scheduler time, String nodeId) {
        this.calls = calls;
        this.time = time;
        this.nodeId = nodeId;
        this.askAgainAt = time.nanoTime();
    }

    /** Goes on with the heirs by election, without any if none can be found. */
    void find(Collection<String> elections, Consumer<Map<String, String>> then) {
        if (time.nanoTime() - askAgainAt < 0) {
            then.accept(Map.of());
            return;
        }
        Function<LeaseStore, Map<String, String>> call =
                store -> store.presence(presence -> presence.heirs(elections, nodeId));
        calls.call(Kind.OTHER, BOUND, call, then, failure -> {
            Duration rest = Failure.of(failure).leavesConnectionUsable() ? AFTER_FAILURE : AFTER_LOST_CONNECTION;
            askAgainAt = time.nanoTime() + rest.toNanos();
            BackgroundLog.say(() -> LOG.debug("no heir can be found for {}", elections, failure));
            then.accept(Map.of());
        });
    }
}
