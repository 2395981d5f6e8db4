package io.github.leaderlease;

import java.time.Duration;

/**
 * A call of which there is one at a time. Its answer comes within about its bound; one that was lost within this process,
 * because an error hit whoever passed it on, must not be waited for for ever.
 */
final class InFlight {

    /** After a pause of this process an answer may be there and not yet have had its turn. */
    private static final long GRACE_NANOS = Duration.ofMillis(50).toNanos();

    private boolean busy;
    private boolean suspected;
    private long overdueAt;
    private long suspectedAt;

    /**
     * It was sent.
     *
     * @param bound within which it is answered once it has had its turn, for which it may wait as long
     */
    void begin(long now, Duration bound) {
        beginAnsweredWithin(now, bound.multipliedBy(2));
    }

    /** It was sent, and whoever passes it on answers within this time. */
    void beginAnsweredWithin(long now, Duration most) {
        overdueAt = now + most.toNanos();
        suspected = false;
        busy = true;
    }

    void end() {
        busy = false;
    }

    boolean busy() {
        return busy;
    }

    /** True once for a call whose answer must have been lost; from then on none is in flight. */
    boolean lost(long now) {
        if (!busy || now - overdueAt < 0) {
            return false;
        }
        if (!suspected) {
            suspected = true;
            suspectedAt = now;
            return false;
        }
        busy = now - suspectedAt < GRACE_NANOS;
        return !busy;
    }
}
