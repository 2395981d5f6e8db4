package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A queue of calls with one worker, which has a thread and a connection of its own. A call that takes longer than its
 * bound is answered by a failure; if it hangs in the driver, its worker is given up and the next call gets a new one.
 *
 * <p>All methods belong to the engine's thread; none blocks.
 */
final class Lane {

    /**
     * Workers that were given up but still hang. Each may have a session on the server, which must not fill up with those
     * whom we abandon. When this many hang, that of the connection and one more, calls fail at once.
     */
    private static final int MAX_HANGING = 2;

    private static final Logger LOG = Loggers.COORDINATOR;

    /** A call that the server was asked to end is heard out for so long: an open connection tells when it has ended there. */
    private static final Duration HEARD_OUT = Duration.ofSeconds(10);

    private static final Duration OVERDUE = Duration.ofMillis(500);

    /** Some hang for good, and a lane must not be dead for good: beyond the limit one more is tried, less and less often. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);

    private static final int MAX_DOUBLINGS = 6;

    private final String name;
    private final Scheduler time;
    private final Supplier<? extends LeaseStore> opener;
    private final Deque<Call<?>> waiting = new ArrayDeque<>();
    /** And since when. */
    private final Map<LaneThread, Long> hanging = new HashMap<>();

    /** The sessions of the workers that were given up last. */
    private final Deque<String> leftBehind = new ArrayDeque<>();

    private @Nullable LaneThread worker;
    private @Nullable Call<?> current;
    private boolean closed;
    private long lastStart;
    private int startsBeyondLimit;

    Lane(String name, Scheduler time, Supplier<? extends LeaseStore> opener) {
        this.name = name;
        this.time = time;
        this.opener = opener;
    }

    <T> void call(Duration bound, Function<LeaseStore, T> body, Consumer<T> answer, Consumer<Throwable> failure) {
        Call<T> call = new Call<>(bound, time.nanoTime() + bound.toNanos(), body, answer, failure);
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
        hanging.keySet().forEach(this::breakOff);
        LaneThread last = worker;
        worker = null;
        if (last == null) {
            return CompletableFuture.completedFuture(null);
        }
        if (current == null) {
            return last.retire();
        }
        CompletableFuture<Void> ended = last.giveUp(reached -> {});
        breakOff(last);
        return ended;
    }

    private void startNext() {
        Call<?> late = current;
        if (late != null && time.nanoTime() - late.deadline > OVERDUE.toNanos()) {
            timedOut(late); // an error must have hit its timer
        }
        if (current != null || waiting.isEmpty()) {
            return;
        }
        Call<?> next = waiting.remove();
        if (closed) {
            refuse(next, new LeaseStoreException(Failure.UNAVAILABLE, "the coordinator is closed", null));
            return;
        }
        if (worker == null && !mayStartWorker()) {
            String message =
                    "an earlier call to the database still hangs, and another connection would stay behind on the"
                            + " server as well; if this lasts, bound the time that connecting and reading may take (such as"
                            + " connectTimeout and socketTimeout of the driver)";
            refuse(next, new LeaseStoreException(Failure.UNAVAILABLE, message, null));
            return;
        }
        try {
            LaneThread on = worker == null ? new LaneThread(name, time, opener, List.copyOf(leftBehind)) : worker;
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

    private boolean mayStartWorker() {
        long now = time.nanoTime();
        if (hanging.size() < MAX_HANGING) {
            startsBeyondLimit = 0;
        } else if (now - lastStart < FIRST_PAUSE.toNanos() << Math.min(startsBeyondLimit, MAX_DOUBLINGS)) {
            return false;
        } else {
            startsBeyondLimit++;
        }
        lastStart = now;
        return true;
    }

    private <T> void begin(Call<T> call, LaneThread on) {
        on.execute(
                store -> {
                    store.limit(call.bound, Duration.ofNanos(call.deadline - time.nanoTime()));
                    return call.body.apply(store);
                },
                () -> call.answered,
                answer -> time.schedule(Duration.ZERO, () -> {
                    hanging.remove(on);
                    ended(call, () -> call.succeed(answer));
                }),
                failure -> time.schedule(Duration.ZERO, () -> {
                    hangsNoMore(on, failure);
                    ended(call, () -> call.fail(failure));
                }));
    }

    /** What broke off on our side only, such as a commit that waits for a standby, may go on on the server for a while. */
    private void hangsNoMore(LaneThread on, Throwable failure) {
        Long since = hanging.get(on);
        if (since == null) {
            return;
        }
        boolean brokeOff = Failure.of(failure) == Failure.UNAVAILABLE;
        long left = since + HEARD_OUT.toNanos() - time.nanoTime();
        if (brokeOff && left > 0) {
            time.schedule(Duration.ofNanos(left), () -> hanging.remove(on));
        } else {
            hanging.remove(on);
        }
    }

    private void ended(Call<?> call, Runnable outcome) {
        if (current == call) {
            current = null;
        }
        try {
            outcome.run();
        } finally {
            startNext();
        }
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
        LaneThread hung = worker;
        if (hung == null || hung.connecting()) {
            return;
        }
        worker = null;
        hanging.put(hung, time.nanoTime());
        CompletableFuture<Void> unused =
                hung.giveUp(reached -> time.schedule(reached ? HEARD_OUT : Duration.ZERO, () -> {
                    if (hanging.containsKey(hung)) {
                        breakOff(hung);
                    }
                }));
        hung.session().ifPresent(leftBehind::add);
        while (leftBehind.size() > MAX_HANGING) {
            leftBehind.remove();
        }
    }

    private void breakOff(LaneThread hung) {
        try {
            hung.breakOff();
        } catch (RuntimeException | Error e) {
            LOG.error("lane {}: a call that hangs cannot be cut off; it keeps its thread and connection", name, e);
        }
    }

    /** A call and whether it was answered. */
    private static final class Call<T> {
        private final Duration bound;
        private final long deadline;
        private final Function<LeaseStore, T> body;
        private final Consumer<T> answer;
        private final Consumer<Throwable> failure;
        private Runnable cancelTimeout = () -> {};
        private volatile boolean answered;

        Call(
                Duration bound,
                long deadline,
                Function<LeaseStore, T> body,
                Consumer<T> answer,
                Consumer<Throwable> failure) {
            this.bound = bound;
            this.deadline = deadline;
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
