package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.Scheduler;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** A thread with a store of its own, which it opens when it is first needed and again after it broke. */
final class LaneThread {

    private static final Logger LOG = Loggers.COORDINATOR;
    private static final long MAX_CONNECT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String name;
    private final Scheduler time;
    private final Supplier<? extends LeaseStore> opener;
    private final List<String> leftBehind;
    private final ExecutorService thread;
    private volatile @Nullable LeaseStore store;
    private volatile long connectingSince;
    private volatile boolean connecting;
    private volatile CompletableFuture<Void> cancelled = CompletableFuture.completedFuture(null);

    /**
     * Not started yet.
     *
     * @param leftBehind sessions in which the server may still be at work for those that were given up before
     */
    LaneThread(String name, Scheduler time, Supplier<? extends LeaseStore> opener, List<String> leftBehind) {
        this.name = name;
        this.time = time;
        this.opener = opener;
        this.leftBehind = leftBehind;
        this.thread = Executors.newSingleThreadExecutor(task -> SystemScheduler.daemon(task, name));
    }

    /**
     * Performs a call on this worker's thread, unless nobody waits for it any more by the time that it could begin.
     * Exactly one of the consumers is called, on this worker's thread.
     */
    <T> void execute(
            Function<LeaseStore, T> call, BooleanSupplier expired, Consumer<T> answer, Consumer<Throwable> failure) {
        thread.execute(() -> {
            T value;
            try {
                LeaseStore opened = opened();
                if (expired.getAsBoolean()) {
                    failure.accept(new LeaseStoreException(Failure.UNAVAILABLE, "took too long to connect", null));
                    return;
                }
                value = call.apply(opened);
            } catch (Throwable e) {
                if (!Failure.of(e).leavesConnectionUsable()) {
                    closeStore();
                }
                failure.accept(e);
                return;
            }
            answer.accept(value);
        });
    }

    /** Where the server may be at work for it. */
    Optional<String> session() {
        LeaseStore present = store;
        return present == null ? Optional.empty() : present.session();
    }

    /** Whether it is busy opening a connection, and not yet for too long. */
    boolean connecting() {
        return connecting && time.nanoTime() - connectingSince < MAX_CONNECT_NANOS;
    }

    /**
     * Ends once the call that hangs has returned, and asks the server to end it. That may hang too, so it gets a thread of
     * its own.
     *
     * @param asked told, on that thread, whether the server was reached; if not, it cannot answer the call either
     * @return completed when its connection was given back
     */
    CompletableFuture<Void> giveUp(Consumer<Boolean> asked) {
        LeaseStore hung = store;
        if (hung == null) {
            return retire();
        }
        CompletableFuture<Void> over = new CompletableFuture<>();
        cancelled = over;
        CompletableFuture<Void> closed = retire();
        try {
            SystemScheduler.daemon(() -> asked.accept(cancel(hung, over)), name + "-cancel")
                    .start();
        } catch (RuntimeException | Error e) {
            over.complete(null);
            asked.accept(false);
            LOG.debug("a call that hangs cannot be cancelled", e);
        }
        return closed;
    }

    private static boolean cancel(LeaseStore hung, CompletableFuture<Void> over) {
        try {
            return hung.cancel();
        } catch (RuntimeException | Error e) {
            LOG.debug("a call that hung could not be cancelled", e);
            return false;
        } finally {
            over.complete(null);
        }
    }

    /**
     * Ends once its present call, if any, has returned. A cancellation that is under way must not hit whoever gets the
     * connection next.
     *
     * @return completed when its connection was given back
     */
    CompletableFuture<Void> retire() {
        return cancelled.thenRunAsync(this::closeStore, thread).whenComplete((closed, failure) -> thread.shutdown());
    }

    /** Breaks the connection under a call that hangs. Closing may hang too, so it gets a thread of its own. */
    void breakOff() {
        LeaseStore hung = store;
        if (hung != null) {
            SystemScheduler.daemon(() -> abort(hung), name + "-abort").start();
        }
    }

    private static void abort(LeaseStore hung) {
        try {
            hung.abort();
        } catch (RuntimeException | Error e) {
            LOG.debug("a connection that hung could not be aborted", e);
        }
    }

    private LeaseStore opened() {
        LeaseStore ready = store;
        if (ready == null) {
            connectingSince = time.nanoTime();
            connecting = true;
            try {
                ready = opener.get();
            } finally {
                connecting = false;
            }
            store = ready;
            ready.leftBehind(leftBehind);
        }
        return ready;
    }

    private void closeStore() {
        LeaseStore broken = store;
        store = null;
        if (broken != null) {
            try {
                broken.close();
            } catch (RuntimeException | Error e) {
                LOG.debug("a connection that broke could not be closed", e);
            }
        }
    }
}
