package io.github.leaderlease;

import io.github.leaderlease.spi.ReadResult;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A time in which one process has looked again and again, on one connection and without a failure, at a server that took
 * writes. Kept only for databases whose incarnation can come back: there what was seen before a reconnect, a failed look or
 * a long pause says nothing about what is seen after it. The server may have been demoted meanwhile, another may have been
 * told of later terms and lost them again, and nothing in the tables shows it.
 *
 * @param number tells it from all others of this process
 * @param session the connection, as {@link ReadResult#session()} names it
 * @param incarnation the server or cluster
 * @param lastSentAt when the last look that was answered was sent: from then on something may have happened unseen
 */
record Watch(long number, String session, String incarnation, ClockReading lastSentAt) {

    /** Nobody switches over to another server and back in so short a time. */
    private static final Duration LEAST_PAUSE = Duration.ofSeconds(3);

    /**
     * How long a server may go unwatched at most: half a TTL, as it is usually, and not less than three seconds. Two
     * switches within that time would go unnoticed.
     *
     * @param attempt the shortest bound on one call, a fifth of the TTL
     */
    static long longestPause(Duration attempt) {
        return Math.max(LEAST_PAUSE.toNanos(), attempt.toNanos() / 2 * 5);
    }

    /**
     * The watch that an answer belongs to: the one before if nothing has come in between, or a new one; null where an
     * incarnation never comes back.
     *
     * @param number of a new one
     */
    static @Nullable Watch next(
            @Nullable Watch before,
            long number,
            ReadResult answer,
            ClockReading sentAt,
            ClockReading receivedAt,
            long longestPause) {
        String session = answer.session();
        if (session == null) {
            return null;
        }
        boolean same = before != null
                && before.session.equals(session)
                && before.incarnation.equals(answer.incarnation())
                && before.lastSentAt.elapsedAt(receivedAt) <= longestPause;
        long its = before != null && same ? before.number : number;
        return new Watch(its, session, answer.incarnation(), sentAt);
    }
}
