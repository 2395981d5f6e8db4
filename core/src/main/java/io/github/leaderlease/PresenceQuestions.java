package io.github.leaderlease;

import io.github.leaderlease.AsyncStore.Kind;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.PresenceStore;
import io.github.leaderlease.spi.Scheduler;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * What one process asks about who stands for what. An answer that does not come is no outage: without it, or with a wrong
 * one, a change of leader takes a part of a second longer.
 */
final class PresenceQuestions {

    private static final Logger LOG = Loggers.ELECTION;

    /**
     * A table that somebody has locked must not hold up anything else for longer. The server gives up before that, so that
     * what comes next need not make a connection first.
     */
    static final Duration BOUND = Duration.ofMillis(400);

    private static final Duration AFTER_WAITING = Duration.ofSeconds(1);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
    private static final Duration AFTER_LOST_CONNECTION = Duration.ofMinutes(5);

    private final AsyncStore calls;
    private final Scheduler time;
    private final String nodeId;
    private final Supplier<Duration> callTimeout;
    private long askAgainAt;

    /**
     * For one process.
     *
     * @param calls straight to the store, so that nothing becomes due by an answer
     * @param callTimeout how long other calls on the same connection can wait for one of these
     */
    PresenceQuestions(AsyncStore calls, Scheduler time, String nodeId, Supplier<Duration> callTimeout) {
        this.calls = calls;
        this.time = time;
        this.nodeId = nodeId;
        this.callTimeout = callTimeout;
        this.askAgainAt = time.nanoTime();
    }

    /** The process that asks. */
    String nodeId() {
        return nodeId;
    }

    /** Goes on with the answer by election, with an empty one if none can be had. */
    <T> void ask(Function<PresenceStore, Map<String, T>> question, Consumer<Map<String, T>> then) {
        if (time.nanoTime() - askAgainAt < 0) {
            then.accept(Map.of());
            return;
        }
        AtomicBoolean begun = new AtomicBoolean();
        Function<LeaseStore, Map<String, T>> call = store -> {
            begun.set(true);
            return store.presence(question);
        };
        calls.call(Kind.OTHER, bound(), call, then, failure -> {
            askAgainAt = time.nanoTime() + rest(failure, begun.get()).toNanos();
            BackgroundLog.say(() -> LOG.debug("it cannot be found out who stands for election", failure));
            then.accept(Map.of());
        });
    }

    /** How long an answer may take. */
    Duration bound() {
        Duration shortest = callTimeout.get();
        return shortest.compareTo(BOUND) < 0 ? shortest : BOUND;
    }

    /** What costs the connection costs all that was seen on it. */
    private static Duration rest(Throwable failure, boolean begun) {
        if (!begun) {
            return AFTER_WAITING; // it had to wait for other calls
        }
        return Failure.of(failure).leavesConnectionUsable() ? AFTER_FAILURE : AFTER_LOST_CONNECTION;
    }
}
