package io.github.leaderlease;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.ReadResult;
import org.jspecify.annotations.Nullable;

/**
 * A read's answer about one election.
 *
 * @param sentAt when the engine decided to read, on the monotonic clock
 * @param receivedAt when the engine got the answer
 * @param watch the time of unbroken looks that it belongs to; null where an incarnation never comes back
 * @param listening whether this process is told of changes as they happen, so that it need not look often
 * @param mayAttempt whether one more attempt can go along with those that this answer has led to already
 */
record ReadAnswer(
        long sentAt,
        ClockReading receivedAt,
        String incarnation,
        ReadResult.Election election,
        @Nullable Watch watch,
        boolean listening,
        boolean mayAttempt) {

    /** Of a database whose incarnation never comes back. */
    ReadAnswer(
            long sentAt,
            ClockReading receivedAt,
            String incarnation,
            ReadResult.Election election,
            boolean listening,
            boolean mayAttempt) {
        this(sentAt, receivedAt, incarnation, election, null, listening, mayAttempt);
    }

    ElectionVersion version() {
        return ElectionVersion.of(incarnation, watch == null ? null : watch.session(), election);
    }

    /** The process that shall lead next, by the choice of whoever released the lease; null if none was named. */
    @Nullable
    String heir() {
        ReadResult.Lease lease = election.lease();
        return lease == null ? null : lease.heir();
    }

    /** The newest token on show, 0 if there is neither a row nor an open term. */
    long shownToken() {
        ReadResult.Lease lease = election.lease();
        ReadResult.Term open = election.openTerm();
        return Math.max(lease == null ? 0 : lease.token(), open == null ? 0 : open.token());
    }
}
