package io.github.leaderlease;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * The durations of one election, checked against each other.
 *
 * @param ttl how long a renewal is good for in the table
 * @param heartbeat how often the leader renews
 * @param stopTimeout how long a job may take to stop before its lease is left to run out
 */
record Timing(Duration ttl, Duration heartbeat, Duration stopTimeout) {

    static final Duration MIN_TTL = Duration.ofSeconds(1);
    static final Duration MAX_TTL = Duration.ofHours(24);
    static final Duration DEFAULT_STOP_TIMEOUT = Duration.ofSeconds(10);

    /**
     * With a poll of a second this leaves a tenth of the 1.5 s within which somebody must lead after 1.02 x TTL, also where 200 ms
     * and half of this are waited for an heir that does not come.
     */
    static final Duration MAX_JITTER = Duration.ofMillis(400);

    private static final Duration MIN_HEARTBEAT = Duration.ofMillis(100);
    private static final Duration MAX_CALL_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration MAX_LOCK_TIMEOUT = Duration.ofMillis(300);
    private static final Duration MAX_POLL_INTERVAL = Duration.ofSeconds(1);

    Timing {
        if (ttl.compareTo(MIN_TTL) < 0 || ttl.compareTo(MAX_TTL) > 0) {
            throw new IllegalArgumentException("TTL " + show(ttl) + " is out of range: use " + show(MIN_TTL) + " to "
                    + show(MAX_TTL) + " (24 h; a crashed leader is replaced after about one TTL)");
        }
        if (heartbeat.compareTo(MIN_HEARTBEAT) < 0 || heartbeat.compareTo(MAX_TTL) > 0) {
            throw new IllegalArgumentException("heartbeat " + show(heartbeat) + " is out of range: use at least "
                    + show(MIN_HEARTBEAT) + " and at most TTL / 2 = " + show(ttl.dividedBy(2)));
        }
        if (stopTimeout.isNegative() || stopTimeout.compareTo(MAX_TTL) > 0) {
            throw new IllegalArgumentException(
                    "stop timeout " + show(stopTimeout) + " is out of range: use 0 s to " + show(MAX_TTL));
        }
        Duration needed = heartbeat.plus(ttl.dividedBy(5).multipliedBy(2));
        if (needed.compareTo(ttl.minus(ttl.dividedBy(10))) > 0) {
            throw new IllegalArgumentException("heartbeat " + show(heartbeat) + " does not fit TTL " + show(ttl)
                    + ": a renewal that fails must leave time to try again, so heartbeat + 2 x TTL/5 must be at most"
                    + " TTL - TTL/10; here " + show(needed) + " > " + show(ttl.minus(ttl.dividedBy(10)))
                    + ". Use a heartbeat of at most " + show(ttl.dividedBy(2)) + " or a TTL of at least "
                    + show(heartbeat.multipliedBy(2)));
        }
    }

    /** How long a holder may trust a lease, from before its renewal was sent. */
    long trustNanos() {
        long nanos = ttl.toNanos(); // asked for on every isValid(), which allocates nothing
        return nanos - nanos / 10;
    }

    /** How long one attempt of a store call may take; with a long TTL nobody wants to wait a fifth of it. */
    Duration callTimeout() {
        return callTimeout(ttl);
    }

    static Duration callTimeout(Duration ttl) {
        return part(ttl, 5, MAX_CALL_TIMEOUT);
    }

    /** How long one attempt may wait for somebody else's transaction: others want to use the connection too. */
    static Duration lockTimeout(Duration ttl) {
        return part(ttl, 10, MAX_LOCK_TIMEOUT);
    }

    /** How long a follower may go without a look at the table. */
    Duration pollInterval() {
        return part(ttl, 6, MAX_POLL_INTERVAL);
    }

    /** Asked for thousands of times a second, where {@link Duration#dividedBy(long)} would reckon with big decimals. */
    private static Duration part(Duration ttl, int divisor, Duration most) {
        return Duration.ofNanos(Math.min(ttl.toNanos() / divisor, most.toNanos()));
    }

    static String show(Duration duration) {
        if (duration.compareTo(Duration.ofSeconds(1)) < 0 && duration.compareTo(Duration.ZERO) > 0) {
            return duration.toMillis() + " ms";
        }
        BigDecimal seconds = BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
        return seconds.setScale(3, RoundingMode.DOWN).stripTrailingZeros().toPlainString() + " s";
    }
}
