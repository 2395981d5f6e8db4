package io.github.leaderlease.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one read showed.
 *
 * @param incarnation names this life of the database: it changes at a failover
 * @param session names the connection that this was read on, if the database's incarnation can come back
 *     ({@link Dialect#sessionMark()}); null if it never does
 * @param elections one entry for each election that was asked for
 */
public record ReadResult(String incarnation, @Nullable String session, Map<String, Election> elections) {

    /**
     * Copies the map.
     *
     * @param incarnation the database's incarnation
     * @param session the connection, or null if the incarnation never comes back
     * @param elections the elections by name
     */
    public ReadResult {
        elections = Map.copyOf(elections);
    }

    /**
     * What was read from a database whose incarnation never comes back.
     *
     * @param incarnation the database's incarnation
     * @param elections the elections by name
     */
    public ReadResult(String incarnation, Map<String, Election> elections) {
        this(incarnation, null, elections);
    }

    /**
     * One election.
     *
     * @param lease its lease row, or null if there is none
     * @param openTerm its open term, or null if none is open
     * @param endReason why the term that the reader knew of has ended; null if it has not, or is not on record
     */
    public record Election(
            @Nullable Lease lease,
            @Nullable Term openTerm,
            @Nullable String endReason) {}

    /**
     * A lease row.
     *
     * @param token the fencing token of the newest term
     * @param renewal counts the heartbeats of that term
     * @param holderId who holds it, or null if it is vacant
     * @param ttl the TTL granted to that holder; candidates wait by this value, not by their own
     * @param heir the process that shall lead next, by the choice of whoever released it; null if it is held or none was
     *     named. A hint
     * @param acquiredIncarnation the database incarnation in which the newest term was acquired
     * @param age how long ago it was acquired or renewed by the database's clock, which may be stepped: says when it is
     *     worth looking again, and decides nothing
     */
    public record Lease(
            long token,
            long renewal,
            @Nullable String holderId,
            @Nullable String heir,
            Duration ttl,
            String acquiredIncarnation,
            Duration age) {}

    /**
     * A term row.
     *
     * @param token its fencing token
     * @param holderId the candidate that leads in it
     * @param nodeName that candidate's name for people
     * @param metadata what the candidate wants others to know, such as its address; not to be trusted
     * @param ttl the TTL at its start
     * @param startedAt when it started, by the database's clock, for people only
     */
    public record Term(
            long token,
            String holderId,
            String nodeName,
            @Nullable String metadata,
            Duration ttl,
            Instant startedAt) {}
}
