package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.LeaseStore.RenewResult;
import io.github.leaderlease.spi.PresenceStore;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A store that knows no elections; it tells whether it was closed or aborted, and hangs on demand. */
final class RecordingStore implements LeaseStore {

    final CountDownLatch closed = new CountDownLatch(1);
    final CountDownLatch aborted = new CountDownLatch(1);
    final CountDownLatch cancelled = new CountDownLatch(1);
    final List<String> limits = new CopyOnWriteArrayList<>();
    final List<String> leftBehind = new CopyOnWriteArrayList<>();
    volatile boolean unreachable;
    private final CountDownLatch released = new CountDownLatch(1);
    private final PresenceStore presence;

    RecordingStore() {
        this(new PresenceStore() {});
    }

    RecordingStore(PresenceStore presence) {
        this.presence = presence;
    }

    /** Hangs as a driver does in a network that swallows the answer, until {@link #release()}. */
    String hang() {
        try {
            if (!released.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody released the call that hangs");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("a hung call was interrupted", e);
        }
        return "late";
    }

    void release() {
        released.countDown();
    }

    @Override
    public void limit(Duration bound, Duration left) {
        limits.add(left + " of " + bound);
    }

    @Override
    public Optional<String> session() {
        return Optional.of("session " + System.identityHashCode(this));
    }

    @Override
    public void leftBehind(Collection<String> sessions) {
        leftBehind.addAll(sessions);
    }

    @Override
    public boolean cancel() {
        cancelled.countDown();
        return !unreachable;
    }

    @Override
    public void abort() {
        aborted.countDown();
    }

    @Override
    public void close() {
        closed.countDown();
    }

    @Override
    public ReadResult read(List<ReadRequest> followed) {
        throw new UnsupportedOperationException();
    }

    @Override
    public OptionalLong acquire(AcquireRequest request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, RenewResult> renew(List<TermKey> terms) {
        throw new UnsupportedOperationException();
    }

    @Override
    public RenewResult renewOne(TermKey term) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean release(ReleaseRequest request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> T presence(Function<PresenceStore, T> call) {
        return call.apply(presence);
    }
}
