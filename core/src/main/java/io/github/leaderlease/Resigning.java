package io.github.leaderlease;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * What waits for a release, and what is chained to it. The release waits for the listeners and the job of its election, so
 * they are refused to wait for it.
 */
final class Resigning<T> extends CompletableFuture<T> {

    private final String what;
    private final String election;
    private final BooleanSupplier ownThread;

    Resigning(String what, String election, BooleanSupplier ownThread) {
        this.what = what;
        this.election = election;
        this.ownThread = ownThread;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new Resigning<>(what, election, ownThread);
    }

    @Override
    public T join() {
        refuseToWait();
        return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        refuseToWait();
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        refuseToWait();
        return super.get(timeout, unit);
    }

    private void refuseToWait() {
        if (!isDone() && ownThread.getAsBoolean()) {
            throw new IllegalStateException(
                    what + " waits until the listeners and the job of election '" + election
                            + "' have returned, so they cannot wait for it: return, or chain what comes next with thenRun(...)");
        }
    }
}
