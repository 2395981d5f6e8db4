package io.github.leaderlease;

import io.github.leaderlease.spi.Scheduler;
import io.github.leaderlease.spi.TermKey;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One term of this node: the handle to ask whether it still leads, and the fencing token to send along.
 *
 * <p>All methods may be called from any thread, and all but {@link #fence} are wait-free and do no I/O. Once {@link #isValid()} has returned false
 * it never returns true again. It does <em>not</em> promise that the answer is still true when the caller acts on it:
 * for writes to the same database use {@link #fence}; for effects elsewhere send the {@link #fencingToken()} along and
 * let the receiver refuse smaller ones.
 */
public final class Leadership {

    /** What {@link #fence} does. */
    interface Fence {
        void take(Leadership leadership, Connection connection);
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

    Leadership(TermKey key, String node, Timing timing, Scheduler time, ClockReading anchor, Fence fence) {
        this.key = key;
        this.node = node;
        this.startedAt = Instant.ofEpochMilli(anchor.wallMillis());
        this.timing = timing;
        this.time = time;
        this.fence = fence;
        this.anchor = new AtomicReference<>(anchor);
    }

    /**
     * The election that was won.
     *
     * @return its name
     */
    public String election() {
        return key.election();
    }

    /**
     * The name of this node.
     *
     * @return as the coordinator was built with
     */
    public String node() {
        return node;
    }

    /**
     * The term's number: larger than that of any earlier term of this election.
     *
     * @return the fencing token
     */
    public long fencingToken() {
        return key.token();
    }

    /**
     * The random identity under which this term is held, for a worker that fences on behalf of this one.
     *
     * @return 32 hexadecimal digits
     */
    public String holderId() {
        return key.holderId();
    }

    /**
     * When this node asked for the lease, by its own clock; for people.
     *
     * @return the start of the term
     */
    public Instant startedAt() {
        return startedAt;
    }

    /**
     * Whether this node still leads in this term.
     *
     * @return true only while no other node can lead
     */
    public boolean isValid() {
        return remainingNanos() > 0;
    }

    /**
     * How long this term stays valid if no further renewal succeeds.
     *
     * @return zero if the term is over
     */
    public Duration remaining() {
        return Duration.ofNanos(remainingNanos());
    }

    /**
     * Makes the commit of a transaction depend on this term: it commits before the next term begins, or not at all.
     * Whatever the clocks do, however long this process is stopped in between. Call it last, right before the commit,
     * with no savepoint around or after it: rolling back to a savepoint gives the fence away.
     * {@link LeaseCoordinator#inFencedTransaction} does it right by itself.
     *
     * <p>It locks against the takeover until the transaction ends, so commit at once. Blocks for one round trip
     * (MySQL
     * and MariaDB: two), and while a takeover is in progress. On PostgreSQL the server ends the transaction if it stands
     * idle for longer than TTL/3 (1 to 10 s) after this, so that a vanished process cannot keep the next leader waiting;
     * elsewhere only {@code inFencedTransaction} bounds that.
     *
     * @param connection a transaction on the coordinator's database, autocommit off; the one that did the work
     * @throws NotLeaderException if the term is over; roll back. If the database says so, this term ends at once
     * @throws IllegalStateException if the connection cannot be fenced: closed, in autocommit, read-only, or on another
     *     database; roll back
     * @throws LeaderLeaseException if the database refuses or cannot be reached; the transaction is not fenced, roll back
     */
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

    boolean fencedBy(Fence other) {
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
