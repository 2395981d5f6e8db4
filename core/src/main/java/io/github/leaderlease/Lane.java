package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue of calls with one worker, which has a thread and a connection of its own. A call that takes longer than its
 * bound is answered by a failure; if it hangs in the driver, its worker is given up and the next call gets a new one.
 *
 * <p>All methods belong to the engine's thread; none blocks.
 */
final class Lane {

    /** Workers that were given up but still hang. Beyond this many, calls fail at once rather than pile up threads. */
    private static final int MAX_HANGING = 4;

    private static final Logger LOG = LoggerFactory.getLogger(LeaseCoordinator.class);
    private static final Duration PAUSE_BEYOND_LIMIT = Duration.ofMinutes(1);

    private final String name;
    private final Scheduler time;
    private final Supplier<? extends LeaseStore> opener;
    private final Deque<Call<?>> waiting = new ArrayDeque<>();
    private final Set<Worker> hanging = new HashSet<>();
    private @Nullable Worker worker;
    private @Nullable Call<?> current;
    private boolean closed;
    private long lastStart;

    Lane(String name, Scheduler time, Supplier<? extends LeaseStore> opener) {
        this.name = name;
        this.time = time;
        this.opener = opener;
    }

    <T> void call(Duration bound, Function<LeaseStore, T> body, Consumer<T> answer, Consumer<Throwable> failure) {
        Call<T> call = new Call<>(bound, body, answer, failure);
        call.cancelTimeout = time.schedule(bound, () -> timedOut(call));
        waiting.add(call);
        startNext();
    }

    /**
     * Whatever is under way is cut off, and nobody is told.
     *
     * @return completed when the connection was given back
     */
    CompletableFuture<Void> close() {
        closed = true;
        waiting.clear();
        Worker last = worker;
        worker = null;
        if (last == null) {
            return CompletableFuture.completedFuture(null);
        }
        return current == null ? last.retire() : last.abandon();
    }

    private void startNext() {
        if (current != null || waiting.isEmpty()) {
            return;
        }
        Call<?> next = waiting.remove();
        if (closed) {
            refuse(next, new LeaseStoreException(Failure.UNAVAILABLE, "the coordinator is closed", null));
            return;
        }
        if (worker == null && !mayStartWorker()) {
            String message = hanging.size() + " earlier calls to the database still hang; not starting another yet";
            refuse(next, new LeaseStoreException(Failure.UNAVAILABLE, message, null));
            return;
        }
        try {
            Worker on = worker == null ? new Worker(name, time, opener) : worker;
            worker = on;
            begin(next, on);
            current = next;
        } catch (RuntimeException | Error e) {
            worker = null;
            refuse(next, new LeaseStoreException(Failure.UNAVAILABLE, "cannot start a thread: " + e.getMessage(), e));
        }
    }

    private void refuse(Call<?> call, LeaseStoreException why) {
        time.schedule(Duration.ZERO, () -> {
            call.fail(why);
            startNext();
        });
    }

    /** Some hang for good, and a lane must not be dead for good: beyond the limit one more is tried now and then. */
    private boolean mayStartWorker() {
        long now = time.nanoTime();
        if (hanging.size() >= MAX_HANGING && now - lastStart < PAUSE_BEYOND_LIMIT.toNanos()) {
            return false;
        }
        lastStart = now;
        return true;
    }

    private <T> void begin(Call<T> call, Worker on) {
        on.execute(
                call.body,
                () -> call.answered,
                answer -> time.schedule(Duration.ZERO, () -> ended(call, on, () -> call.succeed(answer))),
                failure -> time.schedule(Duration.ZERO, () -> ended(call, on, () -> call.fail(failure))));
    }

    private void ended(Call<?> call, Worker on, Runnable outcome) {
        hanging.remove(on);
        if (current == call) {
            current = null;
        }
        outcome.run();
        startNext();
    }

    private void timedOut(Call<?> call) {
        waiting.remove(call);
        if (current == call) {
            current = null;
            giveUpWorker();
        }
        String message = "no answer within " + Timing.show(call.bound);
        call.fail(new LeaseStoreException(Failure.UNAVAILABLE, message, null));
        startNext();
    }

    /** While it still connects it is not given up: a connection that takes long is better than none ever. */
    private void giveUpWorker() {
        Worker hung = worker;
        if (hung == null || hung.connecting()) {
            return;
        }
        worker = null;
        hanging.add(hung);
        try {
            CompletableFuture<Void> unused = hung.abandon();
        } catch (RuntimeException | Error e) {
            LOG.error("lane {}: a call that hangs cannot be cut off; it keeps its thread and connection", name, e);
        }
    }

    /** A call and whether it was answered. */
    private static final class Call<T> {
        private final Duration bound;
        private final Function<LeaseStore, T> body;
        private final Consumer<T> answer;
        private final Consumer<Throwable> failure;
        private Runnable cancelTimeout = () -> {};
        private volatile boolean answered;

        Call(Duration bound, Function<LeaseStore, T> body, Consumer<T> answer, Consumer<Throwable> failure) {
            this.bound = bound;
            this.body = body;
            this.answer = answer;
            this.failure = failure;
        }

        void succeed(T value) {
            if (first()) {
                answer.accept(value);
            }
        }

        void fail(Throwable cause) {
            if (first()) {
                failure.accept(cause);
            }
        }

        private boolean first() {
            boolean first = !answered;
            answered = true;
            cancelTimeout.run();
            return first;
        }
    }
}
