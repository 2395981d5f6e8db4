package io.github.leaderlease.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has the next supervisor ready, so that the start of its JVM does not add to the time without a running command, and so
 * that a node that cannot have one does not win again and again: what keeps failing ends the tool.
 */
final class StandbySupervisor implements AutoCloseable {

    private static final Duration READY_WITHIN = Duration.ofSeconds(20);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

    private final Duration patience;
    private CompletableFuture<SupervisorHandle> next = none("not started");
    private @Nullable Thread preparing;
    private boolean closed;

    private static CompletableFuture<SupervisorHandle> none(String why) {
        return CompletableFuture.failedFuture(new IOException(why));
    }

    StandbySupervisor(Duration patience) {
        this.patience = patience;
    }

    /**
     * Starts one and waits until it can be used; before this node stands for election.
     *
     * @throws Failures.Exit if none can be had
     */
    void prepareFirst() throws InterruptedException {
        try {
            ready(prepared(patience));
        } catch (IOException e) {
            throw cannot(e);
        }
    }

    /**
     * Starts the next one, on a thread of its own, unless there is one or one is being started. What passes is tried again.
     *
     * @param givenUp told if none can be had
     */
    void prepare(Consumer<Failures.Exit> givenUp) {
        CompletableFuture<SupervisorHandle> wanted = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        ready(prepared(patience));
                    } catch (IOException e) {
                        wanted.completeExceptionally(e);
                        givenUp.accept(cannot(e));
                    } catch (InterruptedException closing) {
                        wanted.cancel(false);
                    }
                },
                "next-supervisor");
        thread.setDaemon(true);
        synchronized (this) {
            if (!next.isCompletedExceptionally()) {
                return;
            }
            next = wanted;
            preparing = thread;
        }
        try {
            thread.start();
        } catch (OutOfMemoryError e) { // how Java says that there is no thread
            wanted.completeExceptionally(e);
            givenUp.accept(cannot(new IOException("no thread to be had: " + e.getMessage(), e)));
        }
    }

    private synchronized void ready(SupervisorHandle supervision) {
        if (closed) {
            supervision.discard();
        } else if (!next.complete(supervision)) {
            next = CompletableFuture.completedFuture(supervision);
        }
    }

    private SupervisorHandle prepared(Duration within) throws IOException, InterruptedException {
        long start = System.nanoTime();
        for (Duration pause = FIRST_PAUSE; ; pause = pause.multipliedBy(2)) {
            try {
                return once();
            } catch (IOException e) {
                if (System.nanoTime() - start + pause.toNanos() >= within.toNanos()) {
                    throw e;
                }
                Thread.sleep(pause.toMillis());
            }
        }
    }

    private static SupervisorHandle once() throws IOException, InterruptedException {
        SupervisorHandle started = SupervisorHandle.start();
        boolean ready = false;
        try {
            started.awaitReady(READY_WITHIN);
            ready = true;
            return started;
        } finally {
            if (!ready) {
                started.discard();
            }
        }
    }

    private static Failures.Exit cannot(IOException e) {
        return new Failures.Exit(
                1,
                "the supervising process, a small JVM, cannot be started: " + Failures.message(e) + "; is memory or the"
                        + " number of processes short (ulimit -u, -v, limits of the container)?");
    }

    /**
     * The one that is ready, or a new one if somebody has ended it meanwhile.
     *
     * @throws IOException if there is none in time
     */
    SupervisorHandle take(Duration within) throws IOException, InterruptedException {
        long start = System.nanoTime();
        CompletableFuture<SupervisorHandle> wanted;
        synchronized (this) {
            wanted = next;
        }
        try {
            SupervisorHandle ready = wanted.get(within.toNanos(), TimeUnit.NANOSECONDS);
            synchronized (this) {
                next = none("taken");
            }
            return ready.usable() ? ready : prepared(within.minusNanos(System.nanoTime() - start));
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("no supervising process is ready", e);
        }
    }

    @Override
    public void close() {
        SupervisorHandle spare;
        synchronized (this) {
            closed = true;
            if (preparing != null) {
                preparing.interrupt();
            }
            spare = next.isDone() && !next.isCompletedExceptionally() ? next.join() : null;
        }
        if (spare != null) {
            spare.discard();
        }
    }
}
