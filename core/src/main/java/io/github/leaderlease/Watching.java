package io.github.leaderlease;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One election within a {@link Watch}: for how long this candidate has followed it, and what it was like at first.
 *
 * @param watch the number of the watch
 * @param since when the first answer of it was received, on the monotonic clock
 * @param firstToken the token that this answer showed
 */
record Watching(long watch, long since, long firstToken) {

    static @Nullable Watching next(@Nullable Watching before, ReadAnswer answer) {
        Watch watch = answer.watch();
        if (watch == null) {
            return null;
        }
        return before != null && before.watch == watch.number()
                ? before
                : new Watching(watch.number(), answer.receivedAt().nanos(), answer.shownToken());
    }

    /**
     * For how long, in nanoseconds, a lease that looks free may hide a later term that this server does not know of: until
     * the holder of such a term, which has not been able to renew it since the watch began, must have given up. A term that
     * was opened under our eyes is the latest: whoever opened it has watched this server, too.
     *
     * @param token the lease's
     * @param ttl the longest TTL that may have been granted elsewhere
     */
    long unsettledNanos(long token, long at, Duration ttl) {
        return token > firstToken ? 0 : Math.max(0, since + withMargin(ttl) - at);
    }

    static long withMargin(Duration ttl) {
        return ttl.toNanos() / 50 * 51;
    }
}
