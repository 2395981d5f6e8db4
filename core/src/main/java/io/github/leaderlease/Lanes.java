package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.Scheduler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** The two lanes of a process: renewals never wait behind a read or an attempt to acquire. */
final class Lanes implements AsyncStore {

    private final Lane renewals;
    private final Lane others;

    Lanes(String node, Scheduler time, Supplier<? extends LeaseStore> opener) {
        renewals = new Lane("leader-lease-renew-" + node, time, opener);
        others = new Lane("leader-lease-read-" + node, time, opener);
    }

    @Override
    public <T> void call(
            Kind kind, Duration bound, Function<LeaseStore, T> call, Consumer<T> answer, Consumer<Throwable> failure) {
        Lane lane = kind == Kind.RENEW ? renewals : others;
        lane.call(bound, call, answer, failure);
    }

    /** Cuts off what is under way; completed when both connections were given back. */
    CompletableFuture<Void> close() {
        return CompletableFuture.allOf(renewals.close(), others.close());
    }
}
