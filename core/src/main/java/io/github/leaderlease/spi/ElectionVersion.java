package io.github.leaderlease.spi;

import org.jspecify.annotations.Nullable;

/**
 * All that a compare-and-set on an election compares. Two reads that show equal versions saw the very same state, with
 * no renewal, release or change of leader in between.
 *
 * @param incarnation the database's incarnation
 * @param rowPresent whether there is a lease row: to have seen none is an observation too
 * @param token the lease row's token, 0 without a row
 * @param renewal the lease row's count of heartbeats, 0 without a row
 * @param openTerm the open term's token, 0 if none is open
 */
public record ElectionVersion(String incarnation, boolean rowPresent, long token, long renewal, long openTerm) {

    /**
     * The version of what a read showed.
     *
     * @param incarnation the database's incarnation at that read
     * @param election the election as it was shown
     * @return its version
     */
    public static ElectionVersion of(String incarnation, Reading.Election election) {
        Reading.@Nullable Lease lease = election.lease();
        Reading.@Nullable Term open = election.openTerm();
        long openTerm = open == null ? 0 : open.token();
        return lease == null
                ? new ElectionVersion(incarnation, false, 0, 0, openTerm)
                : new ElectionVersion(incarnation, true, lease.token(), lease.renewal(), openTerm);
    }
}
