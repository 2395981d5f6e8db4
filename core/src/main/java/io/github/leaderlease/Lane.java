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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A queue of calls with one worker, which has a thread and a connection of its own. A call that takes longer than its
 * bound is answered by a failure; if it hangs in the driver, its worker is given up and the next call gets a new one.
 *
 * <p>All methods belong to the engine's thread; none blocks.
 */
final class Lane {

    /** Workers that were given up but still hang. Beyond this many, calls fail at once rather than pile up threads. */
    private static final int MAX_HANGING = 4;

    private final String name;
    private final Scheduler time;
    private final Supplier<? extends LeaseStore> opener;
    private final Deque<Call<?>> waiting = new ArrayDeque<>();
    private final Set<Worker> hanging = new HashSet<>();
    private @Nullable Worker worker;
    private @Nullable Call<?> current;
    private boolean reopenNext;

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

    /** The next call opens a new connection. */
    void reopen() {
        if (current != null) {
            reopenNext = true;
        } else if (worker != null) {
            worker.retire();
            worker = null;
        }
    }

    /** Whatever is under way is cut off, and nobody is told. */
    void close() {
        waiting.clear();
        if (worker != null && current != null) {
            worker.abandon();
        } else if (worker != null) {
            worker.retire();
        }
        worker = null;
    }

    private void startNext() {
        if (current != null || waiting.isEmpty()) {
            return;
        }
        if (worker == null && hanging.size() >= MAX_HANGING) {
            Call<?> refused = waiting.remove();
            String message = hanging.size() + " earlier calls to the database still hang; not starting another";
            time.schedule(
                    Duration.ZERO, () -> refused.fail(new LeaseStoreException(Failure.UNAVAILABLE, message, null)));
            return;
        }
        if (worker == null) {
            worker = new Worker(name, opener);
        }
        Call<?> next = waiting.remove();
        current = next;
        begin(next, worker);
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
        if (current == null && reopenNext) {
            reopenNext = false;
            reopen();
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
        if (worker != null && !worker.connecting()) {
            hanging.add(worker);
            worker.abandon();
            worker = null;
            reopenNext = false;
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
