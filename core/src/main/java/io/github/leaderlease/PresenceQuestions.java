package io.github.leaderlease;

import io.github.leaderlease.AsyncStore.Kind;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.PresenceStore;
import io.github.leaderlease.spi.Scheduler;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
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

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
    private static final Duration AFTER_LOST_CONNECTION = Duration.ofMinutes(5);

    private final AsyncStore calls;
    private final Scheduler time;
    private final String nodeId;
    private long askAgainAt;

    /**
     * For one process.
     *
     * @param calls straight to the store, so that nothing becomes due by an answer
     */
    PresenceQuestions(AsyncStore calls, Scheduler time, String nodeId) {
        this.calls = calls;
        this.time = time;
        this.nodeId = nodeId;
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
        calls.<Map<String, T>>call(Kind.OTHER, BOUND, store -> store.presence(question), then, failure -> {
            Duration rest = Failure.of(failure).leavesConnectionUsable() ? AFTER_FAILURE : AFTER_LOST_CONNECTION;
            askAgainAt = time.nanoTime() + rest.toNanos();
            BackgroundLog.say(() -> LOG.debug("it cannot be found out who stands for election", failure));
            then.accept(Map.of());
        });
    }
}
