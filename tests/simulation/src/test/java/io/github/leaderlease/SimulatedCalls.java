package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.testkit.VirtualScheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One process's way to the store: two lanes, each with one call at a time, over a network that does its worst. Whatever
 * becomes of a request, its caller is answered once, at the bound at the latest.
 */
final class SimulatedCalls implements AsyncStore {

    /** Told of every call before it is sent. */
    private final Consumer<Operation> sending;

    private final VirtualScheduler time;
    private final Network network;
    private final Map<Kind, Lane> lanes = new EnumMap<>(Map.of(Kind.RENEW, new Lane(), Kind.OTHER, new Lane()));

    SimulatedCalls(VirtualScheduler time, Network network, Consumer<Operation> sending) {
        this.time = time;
        this.network = network;
        this.sending = sending;
    }

    /** Carries a request to the store and its result back, perhaps. */
    interface Network {
        /**
         * Sends a request.
         *
         * @param answer called with a result or an error, in the world's time; or never
         */
        <T> void send(
                Function<LeaseStore, T> request,
                Operation operation,
                BiConsumer<@Nullable T, @Nullable LeaseStoreException> answer);

        /** What was sent has failed, as its caller sees it. */
        void failed(Operation operation, LeaseStoreException why);
    }

    @Override
    public <T> void call(
            Kind kind, Duration bound, Function<LeaseStore, T> call, Consumer<T> answer, Consumer<Throwable> failure) {
        Operation operation = Operation.of(call);
        sending.accept(operation);
        Lane lane = lanes.get(kind);
        lane.waiting.add(new Call<>(lane, bound, call, operation, answer, failure));
        lane.next();
    }

    /** A thread with a connection. */
    private static final class Lane {
        final Queue<Call<?>> waiting = new ArrayDeque<>();

        @Nullable
        Call<?> current;

        void next() {
            while (current == null && !waiting.isEmpty()) {
                Call<?> call = waiting.remove();
                if (!call.done) {
                    current = call;
                    call.begin();
                }
            }
        }
    }

    private final class Call<T> {
        private final Lane lane;
        private final Function<LeaseStore, T> request;
        private final Operation operation;
        private final Consumer<T> answer;
        private final Consumer<Throwable> failure;
        private final Runnable cancelTimeout;
        private boolean begun;
        private boolean done;

        Call(
                Lane lane,
                Duration bound,
                Function<LeaseStore, T> request,
                Operation operation,
                Consumer<T> answer,
                Consumer<Throwable> failure) {
            this.lane = lane;
            this.request = request;
            this.operation = operation;
            this.answer = answer;
            this.failure = failure;
            this.cancelTimeout = time.schedule(
                    bound,
                    () -> end(() -> timedOut(new LeaseStoreException(
                            LeaseStoreException.Failure.UNAVAILABLE, "no answer within " + bound, null))));
        }

        private void timedOut(LeaseStoreException why) {
            if (begun) {
                network.failed(operation, why);
            }
            failure.accept(why);
        }

        void begin() {
            begun = true;
            network.send(
                    request,
                    operation,
                    (result, error) -> time.schedule(
                            Duration.ZERO,
                            () -> end(() -> {
                                if (error == null) {
                                    answer.accept(result);
                                } else {
                                    network.failed(operation, error);
                                    failure.accept(error);
                                }
                            })));
        }

        /** Whichever comes first, the answer or the bound; the other is dropped. */
        private void end(Runnable consume) {
            if (done) {
                return;
            }
            done = true;
            cancelTimeout.run();
            if (lane.current == this) {
                lane.current = null;
            }
            consume.run();
            lane.next();
        }
    }
}
