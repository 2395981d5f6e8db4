package io.github.leaderlease;

import io.github.leaderlease.spi.Scheduler;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One term of this node: the handle to ask whether it still leads, and the fencing token to send along.
 *
 * <p>All methods are wait-free, do no I/O and may be called from any thread. Once {@link #isValid()} has returned false
 * it never returns true again. It does <em>not</em> promise that the answer is still true when the caller acts on it:
 * for effects outside the database, send the {@link #fencingToken()} along and let the receiver refuse smaller ones.
 */
public final class Leadership {

    private final TermKey key;
    private final String node;
    private final Instant since;
    private final long validNanos;
    private final Scheduler time;

    /** When the last successful renewal was sent; null once this term is over, for good. */
    private final AtomicReference<@Nullable ClockReading> anchor;

    Leadership(TermKey key, String node, Timing timing, Scheduler time, ClockReading anchor) {
        this.key = key;
        this.node = node;
        this.since = Instant.ofEpochMilli(anchor.wallMillis());
        this.validNanos = timing.validNanos();
        this.time = time;
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
    public Instant since() {
        return since;
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

    /** Whoever finds the deadline passed ends the term for good, so that no late renewal can revive it. */
    private long remainingNanos() {
        ClockReading sent = anchor.get();
        while (sent != null) {
            long remaining = validNanos - sent.elapsedAt(time.nanoTime(), time.wallMillis());
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

    TermKey key() {
        return key;
    }

    @Override
    public String toString() {
        return "Leadership[" + key.election() + ", node " + node + ", token " + key.token() + "]";
    }
}
