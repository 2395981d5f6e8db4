package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.LeaseStore.RenewResult;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.PresenceStore;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.Scheduler;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * A store whose connection may have been closed while nobody used it, by the server or by something on the way: then what can
 * be done twice is done again at once on a new one, within the same bound. An idle timeout below the heartbeat costs a
 * connection each time, but no lease. What fails on a connection that was in use is another matter, and the caller's.
 */
final class Reconnecting implements LeaseStore {

    private static final Logger LOG = Loggers.COORDINATOR;
    private static final Duration IDLE = Duration.ofMillis(300);

    private static final PresenceStore NO_PRESENCE = new PresenceStore() {};

    private final Supplier<? extends LeaseStore> opener;
    private final boolean presence;
    private final Scheduler time;
    private final Consumer<Duration> closedWhileIdle;
    private volatile LeaseStore store;
    private volatile boolean broken;
    private List<String> leftBehind = List.of();
    private long usedAt;
    private long deadline;
    private Duration bound = Duration.ZERO;

    /**
     * Opens the store.
     *
     * @param presence whether it has any: else nobody stands for anything, and nothing is sent
     * @param closedWhileIdle told how long a connection had been idle that was found closed
     */
    Reconnecting(
            Supplier<? extends LeaseStore> opener,
            Scheduler time,
            boolean presence,
            Consumer<Duration> closedWhileIdle) {
        this.opener = opener;
        this.presence = presence;
        this.time = time;
        this.closedWhileIdle = closedWhileIdle;
        this.store = opener.get();
        this.usedAt = time.nanoTime();
    }

    /** What a session must be told may find the connection closed as well: that is left to the call itself. */
    @Override
    public void limit(Duration longest, Duration left) {
        bound = longest;
        deadline = time.nanoTime() + left.toNanos();
    }

    private <T> T once(Function<LeaseStore, T> call) {
        try {
            store.limit(bound, Duration.ofNanos(deadline - time.nanoTime()));
            return call.apply(store);
        } finally {
            usedAt = time.nanoTime();
        }
    }

    private <T> T again(Function<LeaseStore, T> call) {
        Duration idle = Duration.ofNanos(time.nanoTime() - usedAt);
        try {
            return once(call);
        } catch (LeaseStoreException e) {
            if (e.failure() != Failure.UNAVAILABLE || idle.compareTo(IDLE) < 0 || broken || late()) {
                throw e;
            }
            LOG.debug("a connection was closed while it was idle for {}", Timing.show(idle), e);
        }
        closeOld();
        store = opener.get();
        store.leftBehind(leftBehind);
        closedWhileIdle.accept(idle);
        return once(call);
    }

    private boolean late() {
        return deadline - time.nanoTime() <= 0;
    }

    private void closeOld() {
        try {
            store.close();
        } catch (RuntimeException e) {
            LOG.debug("a connection that broke could not be closed", e);
        }
    }

    @Override
    public ReadResult read(List<ReadRequest> followed) {
        return again(it -> it.read(followed));
    }

    @Override
    public Map<String, RenewResult> renew(List<TermKey> terms) {
        return again(it -> it.renew(terms));
    }

    @Override
    public RenewResult renewOne(TermKey term) {
        return again(it -> it.renewOne(term));
    }

    @Override
    public void publish(Collection<String> payloads) {
        again(it -> {
            it.publish(payloads);
            return true;
        });
    }

    @Override
    public OptionalLong acquire(AcquireRequest request) {
        return once(it -> it.acquire(request));
    }

    @Override
    public Map<String, OptionalLong> acquire(List<AcquireRequest> requests) {
        return once(it -> it.acquire(requests));
    }

    @Override
    public boolean release(ReleaseRequest request) {
        return again(it -> it.release(request));
    }

    @Override
    public Set<String> release(List<ReleaseRequest> requests) {
        return again(it -> it.release(requests));
    }

    @Override
    public <T> T presence(Function<PresenceStore, T> call) {
        return presence ? again(it -> it.presence(call)) : call.apply(NO_PRESENCE);
    }

    @Override
    public Optional<String> session() {
        return store.session();
    }

    @Override
    public void leftBehind(Collection<String> sessions) {
        leftBehind = List.copyOf(sessions);
        store.leftBehind(leftBehind);
    }

    @Override
    public boolean cancel() {
        broken = true;
        return store.cancel();
    }

    @Override
    public void abort() {
        broken = true;
        store.abort();
    }

    @Override
    public void close() {
        store.close();
    }
}
