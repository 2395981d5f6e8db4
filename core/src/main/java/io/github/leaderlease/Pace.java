package io.github.leaderlease;

import java.time.Duration;

/**
 * How fast the leader of one election changes, as this process sees it, its own wins included. A few changes may follow each
 * other at once, as when a whole deployment is replaced; then a lease that was vacated is left alone until the changes seen
 * have become rare again, so that no loop of anybody's (a job, a listener, resigning, starting and closing) makes a storm of
 * elections. A lease that has run out never has to wait: there the TTL is pace enough.
 *
 * @param settledAt when all changes that were seen will be forgotten, on the monotonic clock: each is remembered for one
 *     interval, one after the other, but no more of them than make one wait for two intervals
 * @param token the newest term that was seen, 0 if none
 */
record Pace(long settledAt, long token) {

    /** So many changes may follow each other at once. */
    static final int BURST = 6;

    private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);
    private static final Duration MAX_INTERVAL = Duration.ofSeconds(3);

    static Pace initial(long now) {
        return new Pace(now, 0);
    }

    /**
     * Longer than a follower's poll: also who sees one of many changes at each look shall find that they are many. Two of
     * them are less than a TTL, for so long whoever resigns again and again stands back: the others get their turn.
     */
    static long interval(Duration ttl) {
        long least = Math.min(MIN_INTERVAL.toNanos(), ttl.toNanos() / 4);
        return Math.max(least, Math.min(ttl.toNanos() / 8, MAX_INTERVAL.toNanos()));
    }

    /**
     * A term is on show, or was won. The first one that this process ever sees is no change; one that began and ended between
     * two looks stands for more than it shows.
     */
    Pace sees(long shown, boolean ended, long now, Duration ttl) {
        if (shown <= token) {
            return this;
        }
        long remembered = (ended ? 2 : 1) * interval(ttl);
        return new Pace(token == 0 ? settledAt : Monotonic.later(settledAt, now) + remembered, shown).limited(now, ttl);
    }

    /** Two intervals after the last change at the latest a vacated lease may be taken, however many there were before. */
    Pace limited(long now, Duration ttl) {
        long latest = now + (BURST + 1) * interval(ttl);
        return settledAt - latest > 0 ? new Pace(latest, token) : this;
    }

    /** When a vacated lease may be taken at the earliest. */
    long mayTakeAt(Duration ttl) {
        return settledAt - (BURST - 1) * interval(ttl);
    }
}
