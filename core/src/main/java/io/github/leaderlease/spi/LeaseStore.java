package io.github.leaderlease.spi;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The lease table as the protocol uses it: read, acquire, renew, release. Each call is atomic: it happens wholly or not
 * at all.
 *
 * <p>A store serves one thread at a time and its calls block. Any call may throw {@link LeaseStoreException}; then its
 * outcome is <em>unknown</em> and the caller must treat it as not having it. No clock of any machine decides anything
 * here: timestamps are written for people only.
 */
public interface LeaseStore extends AutoCloseable {

    /**
     * Bounds the calls to come, on this side and on the server: whoever gives a call up must not leave it behind there.
     *
     * @param bound how long a call of this kind may take, for servers that are told once
     * @param left what is left of that for the next call
     */
    default void limit(Duration bound, Duration left) {}

    /**
     * Asks the server to end the call that is under way. Any thread; blocks for a round trip, or as long as connecting may
     * take.
     *
     * @return whether the server can be expected to answer the call now, if only by a failure; false if it was not reached
     */
    default boolean cancel() {
        return true;
    }

    /**
     * Names this store's session on a server that may go on with a call which was given up and cannot be asked to end it. Any
     * thread.
     *
     * @return for {@link #leftBehind} of another store; empty if there is no such server
     */
    default Optional<String> session() {
        return Optional.empty();
    }

    /**
     * Makes calls that write fail as {@link LeaseStoreException.Failure#BLOCKED} while the server is still busy with one of
     * these sessions: the next one would wait there as well, and sessions would pile up.
     *
     * @param sessions of stores whose calls were given up
     */
    default void leftBehind(Collection<String> sessions) {}

    /**
     * Shows elections as they are, without writing anything. A server that accepts no writes shows nothing: its rows may be
     * old, so the call fails as {@link LeaseStoreException.Failure#READ_ONLY}.
     *
     * @param followed the elections to read
     * @return one entry for each election whose version is not the known one, also for those that nobody ever stood for;
     *     entries for the others may be left out
     */
    ReadResult read(List<ReadRequest> followed);

    /**
     * Shows elections of which nothing is known.
     *
     * @param followed the elections to read, each with the token of the term that the reader was told of, 0 if none
     * @return one entry for each
     */
    default ReadResult read(Map<String, Long> followed) {
        return read(followed.entrySet().stream()
                .map(each -> new ReadRequest(each.getKey(), null, each.getValue()))
                .toList());
    }

    /**
     * What a reader knows of an election.
     *
     * @param election its name
     * @param known the version that it saw last, or null to be shown the election in any case
     * @param knownTerm the token of the term that listeners were told of, so that the reason of its end can be shown; 0 if none
     */
    record ReadRequest(String election, @Nullable ElectionVersion known, long knownTerm) {}

    /**
     * One candidate's attempt to open a new term.
     *
     * @param election the name that nodes compete for
     * @param observed the state that must still hold
     * @param holderId the candidate's random identity
     * @param nodeName its name for people
     * @param metadata what it wants others to know while it leads, or null
     * @param ttl the TTL that it asks for
     * @param highestToken the highest token that this process ever saw for this election; the new one will be larger
     * @param endReason what to write into the observed open term as the reason of its end
     * @param lockTimeout how long to wait for transactions in flight that were fenced with the observed term
     */
    record AcquireRequest(
            String election,
            ElectionVersion observed,
            String holderId,
            String nodeName,
            @Nullable String metadata,
            Duration ttl,
            long highestToken,
            String endReason,
            Duration lockTimeout) {

        /**
         * The same with another lock timeout.
         *
         * @param other how long to wait for fenced transactions in flight
         * @return a copy
         */
        public AcquireRequest lockTimeout(Duration other) {
            return new AcquireRequest(
                    election, observed, holderId, nodeName, metadata, ttl, highestToken, endReason, other);
        }
    }

    /**
     * Opens a new term if the election is still exactly as observed; otherwise changes nothing.
     *
     * @param request what was observed, and who wants to lead
     * @return the fencing token of the new term, or empty if the election is no longer as observed, or was observed on
     *     another connection than this store's
     */
    OptionalLong acquire(AcquireRequest request);

    /**
     * Opens many new terms at once, each if its election is still exactly as observed, without waiting for anybody: what
     * somebody else has locked just now is left alone.
     *
     * @param requests what was observed, and who wants to lead; at most one for an election
     * @return the outcome for each election as {@link #acquire(AcquireRequest)} returns it. An election that is missing from
     *     the answer was not tried: try it singly. A store that cannot do many at once returns nothing
     */
    default Map<String, OptionalLong> acquire(List<AcquireRequest> requests) {
        return Map.of();
    }

    /**
     * Says something to all that listen, where the database can do that. A hint only: it may get lost, and who is told
     * believes nothing. Belongs after the change, in a transaction of its own.
     *
     * @param payloads texts of the caller's making, each of at most 7,000 characters
     */
    default void publish(Collection<String> payloads) {}

    /** The answer to a renewal. */
    enum RenewResult {
        /** The lease was renewed. */
        RENEWED,
        /** The lease was renewed, and somebody asks the holder of this very term to step down. */
        STEP_DOWN_REQUESTED,
        /** Not renewed: the row belongs to another term or holder now, or was vacated. */
        SUPERSEDED,
        /** Not renewed: there is no such row any more. */
        MISSING
    }

    /**
     * Renews many leases at once, skipping every row that somebody else has locked just now.
     *
     * @param terms the terms to renew
     * @return for each election that was renewed either {@link RenewResult#RENEWED} or
     *     {@link RenewResult#STEP_DOWN_REQUESTED}. An election that is missing from the answer was neither renewed nor
     *     lost: ask for it singly
     */
    Map<String, RenewResult> renew(List<TermKey> terms);

    /**
     * Renews one lease, and tells why if it cannot. Waits for nobody: what waits for one row keeps all others waiting.
     *
     * @param term the term to renew
     * @return whether the lease was renewed and, if not, why
     * @throws LeaseStoreException as {@link LeaseStoreException.Failure#BLOCKED} while somebody else has locked its row
     */
    RenewResult renewOne(TermKey term);

    /**
     * Ends a term and vacates its lease, so that the next one may begin at once. Rows are never deleted. A vacant lease has
     * the renewal {@link ElectionVersion#VACANT}.
     *
     * @param request the term to end
     * @return false if it was no longer open under this holder; then nothing was changed
     */
    boolean release(ReleaseRequest request);

    /**
     * The same without an heir.
     *
     * @param term the term to end
     * @param reason why, kept in the term's row
     * @return as {@link #release(ReleaseRequest)}
     */
    default boolean release(TermKey term, String reason) {
        return release(new ReleaseRequest(term, reason, null));
    }

    /**
     * A term to end.
     *
     * @param term the term
     * @param reason why, kept in the term's row
     * @param heir the process that shall lead next, a hint kept in the lease's row; null if none is named
     */
    record ReleaseRequest(
            TermKey term, String reason, @Nullable String heir) {}

    /**
     * Ends many terms and vacates their leases at once, each as {@link #release(ReleaseRequest)} does, without waiting for
     * anybody: what somebody else has locked just now, such as a term in which a transaction is fenced, is left alone.
     *
     * @param requests the terms to end; at most one of an election
     * @return the names of the elections that were released. What is missing was not: release it singly. A store that cannot
     *     do many at once returns nothing
     */
    default Set<String> release(List<ReleaseRequest> requests) {
        return Set.of();
    }

    /**
     * Uses what this store knows of who stands for what.
     *
     * @param call is handed it, for this call
     * @param <T> what the call returns
     * @return what the call returned
     */
    default <T> T presence(Function<PresenceStore, T> call) {
        return call.apply(new PresenceStore() {});
    }

    /**
     * Breaks the connection so that a call that hangs on another thread returns. Any thread; may itself block for as
     * long as the driver likes.
     */
    default void abort() {}

    /** Gives the underlying connection back. Does not release any lease. */
    @Override
    void close();
}
