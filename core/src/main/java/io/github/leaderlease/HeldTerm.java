package io.github.leaderlease;

import io.github.leaderlease.spi.Scheduler;
import io.github.leaderlease.spi.TermKey;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The handle of a term that a candidate of this process has won. */
final class HeldTerm implements Leadership {

    /** What users can do with a term in their transactions. */
    interface Fence {
        void take(HeldTerm term, Connection connection);

        <T, X extends Exception> T inTransaction(HeldTerm term, Leadership.Work<T, X> work) throws X;

        /** For a term that no transaction is fenced with. */
        Fence NONE = new Fence() {
            @Override
            public void take(HeldTerm term, Connection connection) {
                throw new IllegalStateException("nobody fences with this term");
            }

            @Override
            public <T, X extends Exception> T inTransaction(HeldTerm term, Leadership.Work<T, X> work) {
                throw new IllegalStateException("nobody fences with this term");
            }
        };
    }

    private final TermKey key;
    private final String node;
    private final Instant startedAt;
    private final Timing timing;
    private final Scheduler time;
    private final Fence fence;

    /** When the last successful renewal was sent; null once this term is over, for good. */
    private final AtomicReference<@Nullable ClockReading> anchor;

    /** Why a fence ended this term before the engine knew; null if none did. */
    private volatile @Nullable LossReason found;

    HeldTerm(TermKey key, String node, Timing timing, Scheduler time, ClockReading anchor, Fence fence) {
        this.key = key;
        this.node = node;
        this.startedAt = Instant.ofEpochMilli(anchor.wallMillis());
        this.timing = timing;
        this.time = time;
        this.fence = fence;
        this.anchor = new AtomicReference<>(anchor);
    }

    @Override
    public String election() {
        return key.election();
    }

    @Override
    public String node() {
        return node;
    }

    @Override
    public long fencingToken() {
        return key.token();
    }

    @Override
    public String holderId() {
        return key.holderId();
    }

    @Override
    public Instant startedAt() {
        return startedAt;
    }

    @Override
    public boolean isValid() {
        return remainingNanos() > 0;
    }

    @Override
    public Duration remaining() {
        return Duration.ofNanos(remainingNanos());
    }

    @Override
    public <T, X extends Exception> T inTransaction(Leadership.Work<T, X> work) throws X {
        return fence.inTransaction(this, work);
    }

    @Override
    public void fence(Connection connection) {
        fence.take(this, connection);
    }

    /** Whoever finds the deadline passed ends the term for good, so that no late renewal can revive it. */
    private long remainingNanos() {
        ClockReading sent = anchor.get();
        while (sent != null) {
            long remaining = timing.trustNanos() - sent.elapsedAt(time.nanoTime(), time.wallMillis());
            if (remaining > 0) {
                return remaining;
            }
            if (anchor.compareAndSet(sent, null)) {
                return 0;
            }
            sent = anchor.get();
        }
        return 0;
    }

    /** Trusts a renewal that was sent at the given time; false if the term is already over. */
    boolean extend(ClockReading sent) {
        ClockReading current = anchor.get();
        return current != null && isValid() && (current.equals(sent) || anchor.compareAndSet(current, sent));
    }

    void end() {
        anchor.set(null);
    }

    /** The database says that this term is over. */
    void end(LossReason reason) {
        found = reason;
        end();
    }

    /** Why it is over, if it is: by the clock unless a fence knew more. */
    LossReason endedBy() {
        LossReason reason = found;
        return reason == null ? LossReason.EXPIRED : reason;
    }

    /** Refuses a term that is over, without asking the database. */
    void checkValid() {
        if (!isValid()) {
            throw NotLeaderException.over(key, found);
        }
    }

    boolean isOf(Fence other) {
        return fence == other;
    }

    Duration ttl() {
        return timing.ttl();
    }

    TermKey key() {
        return key;
    }

    @Override
    public String toString() {
        return "Leadership[" + key.election() + ", node " + node + ", token " + key.token() + "]";
    }
}
