package io.github.leaderlease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Those who wait until an election is at rest after it was asked to resign. What users have chained to these is user code: it
 * has no business on the engine's thread. They are kept until that is done, and handed over again if it is not.
 */
final class RestWaiters {

    private static final long AGAIN_NANOS = Duration.ofSeconds(1).toNanos();

    private final Executor callbacks;
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>();

    /** How many of them have been handed over to be completed, and when. */
    private int handedOver;

    private long handedOverAt;
    private boolean abandoned;

    RestWaiters(Executor callbacks) {
        this.callbacks = callbacks;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** False if nobody will ever be at rest any more: then it is completed at once. */
    boolean add(CompletableFuture<Void> done) {
        if (abandoned) {
            done.complete(null);
            return false;
        }
        waiting.add(done);
        handedOver = 0;
        return true;
    }

    /** The election is at rest. */
    void complete(long now) {
        waiting.removeIf(CompletableFuture::isDone);
        if (waiting.isEmpty() || (waiting.size() <= handedOver && now - handedOverAt < AGAIN_NANOS)) {
            return;
        }
        for (CompletableFuture<Void> done : waiting) {
            callbacks.execute(() -> done.complete(null));
        }
        handedOver = waiting.size();
        handedOverAt = now;
    }

    /** The coordinator stops although this election is not at rest: nobody shall wait for ever. */
    void abandon(long now) {
        abandoned = true;
        try {
            complete(now);
        } catch (RuntimeException | Error noThread) {
            waiting.forEach(done -> done.complete(null)); // nothing here waits for this thread any more
        }
    }
}
