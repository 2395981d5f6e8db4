package io.github.leaderlease;

import io.github.leaderlease.AsyncStore.Kind;
import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.Scheduler;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** What those who call the store have in common: the way to it, time and chance. */
final class Sender {

    private final AsyncStore calls;
    private final Scheduler time;
    private final RandomGenerator generator;

    Sender(AsyncStore calls, Scheduler time, RandomGenerator generator) {
        this.calls = calls;
        this.time = time;
        this.generator = generator;
    }

    ClockReading now() {
        return ClockReading.of(time);
    }

    /** On the engine's thread, later. */
    void after(Duration delay, Runnable action) {
        time.schedule(delay, action);
    }

    /** Uniform in [0, 1). */
    double random() {
        return generator.nextDouble();
    }

    int randomBelow(int bound) {
        return generator.nextInt(bound);
    }

    <T> void send(
            Kind kind, Duration bound, Function<LeaseStore, T> call, Consumer<T> answer, Consumer<Throwable> failure) {
        calls.call(kind, bound, call, answer, failure);
    }

    /** The same for a call about some of many elections: how many that may be is learnt from the time that it takes. */
    <T> void send(
            Portion portion,
            int elections,
            Kind kind,
            Duration bound,
            Function<LeaseStore, T> call,
            Consumer<T> answer,
            Consumer<Throwable> failure) {
        Portion.Call measured = portion.call(elections, bound, time::nanoTime);
        calls.<T>call(
                kind,
                bound,
                store -> {
                    measured.begins();
                    return call.apply(store);
                },
                value -> {
                    measured.answered();
                    answer.accept(value);
                },
                cause -> {
                    measured.failed();
                    failure.accept(cause);
                });
    }

    /** A call for many may take as long as one for the most urgent of them. */
    static Duration callTimeout(Iterable<Candidate> batch) {
        Duration shortest = Timing.MAX_TTL;
        for (Candidate candidate : batch) {
            Duration timeout = candidate.me().timing().callTimeout();
            shortest = timeout.compareTo(shortest) < 0 ? timeout : shortest;
        }
        return shortest;
    }
}
