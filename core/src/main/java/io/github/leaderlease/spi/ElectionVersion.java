package io.github.leaderlease.spi;

import org.jspecify.annotations.Nullable;

/**
 * All that a compare-and-set on an election compares. Two reads that show equal versions saw the very same state, with
 * no renewal, release or change of leader in between.
 *
 * @param incarnation the database's incarnation
 * @param session the connection that it was seen on, and the only one that it may be acted on: where an incarnation can
 *     come back ({@link Dialect#sessionMark()}), nobody knows what happened between two connections. Null if it never
 *     does, or if any connection will do
 * @param rowPresent whether there is a lease row: to have seen none is an observation too
 * @param token the lease row's token, 0 without a row
 * @param renewal the lease row's count of heartbeats, 0 without a row
 * @param openTerm the open term's token, 0 if none is open
 */
public record ElectionVersion(
        String incarnation, @Nullable String session, boolean rowPresent, long token, long renewal, long openTerm) {

    /** The count of heartbeats of a lease that was released: its version follows from its token alone. */
    public static final long VACANT = -1;

    /**
     * A version that may be acted on from any connection.
     *
     * @param incarnation the database's incarnation
     * @param rowPresent whether there is a lease row
     * @param token the lease row's token, 0 without a row
     * @param renewal the lease row's count of heartbeats, 0 without a row
     * @param openTerm the open term's token, 0 if none is open
     */
    public ElectionVersion(String incarnation, boolean rowPresent, long token, long renewal, long openTerm) {
        this(incarnation, null, rowPresent, token, renewal, openTerm);
    }

    /**
     * The version of what a read showed, to be acted on from any connection.
     *
     * @param incarnation the database's incarnation at that read
     * @param election the election as it was shown
     * @return its version
     */
    public static ElectionVersion of(String incarnation, ReadResult.Election election) {
        return of(incarnation, null, election);
    }

    /**
     * The version of what a read showed.
     *
     * @param incarnation the database's incarnation at that read
     * @param session the connection of that read, see {@link ReadResult#session()}
     * @param election the election as it was shown
     * @return its version
     */
    public static ElectionVersion of(String incarnation, @Nullable String session, ReadResult.Election election) {
        ReadResult.@Nullable Lease lease = election.lease();
        ReadResult.@Nullable Term open = election.openTerm();
        long openTerm = open == null ? 0 : open.token();
        return lease == null
                ? new ElectionVersion(incarnation, session, false, 0, 0, openTerm)
                : new ElectionVersion(incarnation, session, true, lease.token(), lease.renewal(), openTerm);
    }

    /**
     * The version that an observed lease has once its holder has released it, if nothing else has happened.
     *
     * @return a version with the same token, vacant and without an open term
     */
    public ElectionVersion released() {
        return new ElectionVersion(incarnation, session, true, token, VACANT, 0);
    }

    /**
     * Whether a store on this connection may act on what was observed.
     *
     * @param current the store's connection as its own reads name it, see {@link ReadResult#session()}
     * @return false if it was observed on another one
     */
    public boolean holdsOn(@Nullable String current) {
        return session == null || session.equals(current);
    }
}
