package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;

/** How the engine reaches the store: it asks and goes on; the answer comes back on the engine's thread. */
interface AsyncStore {

    /** Calls of one kind never wait behind calls of the other. */
    enum Kind {
        RENEW,
        OTHER
    }

    /**
     * Performs a call. Exactly one of the consumers is called exactly once, within about the bound, however long the
     * call hangs; a call that has not begun by then never begins. A failure leaves the outcome unknown.
     */
    <T> void call(
            Kind kind, Duration bound, Function<LeaseStore, T> call, Consumer<T> answer, Consumer<Throwable> failure);
}
