package io.github.leaderlease;

import java.time.Duration;
import java.util.Locale;

/**
 * What happened in an election, as one process was told.
 *
 * <p>Per election, events come one at a time and in order, on a thread that never renews. State changes first:
 * {@code isLeader()} is already false when a listener hears of a loss. Each term that was told of, by
 * {@link LeadershipAcquired} or {@link LeaderChanged}, gets exactly one {@link LeadershipLost}; terms that came and went
 * between two looks at the table are not told.
 *
 * <p>Later versions may add kinds of events: a switch over them should have a default.
 */
public sealed interface LeaderEvent {

    /**
     * The election that this is about.
     *
     * @return its name
     */
    String election();

    /**
     * This node leads now. By the time that a listener hears of it the term may be over again: ask
     * {@link Leadership#isValid()}.
     *
     * @param leadership the new term's handle
     */
    record LeadershipAcquired(Leadership leadership) implements LeaderEvent {
        @Override
        public String election() {
            return leadership.election();
        }
    }

    /**
     * A term is over.
     *
     * @param term the term that ended, with its leader
     * @param reason why, as far as this process knows
     * @param own whether this candidate was its leader
     */
    record LeadershipLost(Leader term, LossReason reason, boolean own) implements LeaderEvent {
        @Override
        public String election() {
            return term.election();
        }
    }

    /**
     * Another candidate leads now.
     *
     * @param leader whom to follow
     */
    record LeaderChanged(Leader leader) implements LeaderEvent {
        @Override
        public String election() {
            return leader.election();
        }
    }

    /**
     * A heartbeat of this node's own term has failed. It goes on trying; told once until a heartbeat succeeds again.
     *
     * @param leadership the term at risk
     * @param remaining how long it stays valid unless a heartbeat succeeds
     * @param cause what went wrong
     */
    record LeadershipAtRisk(Leadership leadership, Duration remaining, Throwable cause) implements LeaderEvent {
        @Override
        public String election() {
            return leadership.election();
        }
    }

    /**
     * A call to the database has failed and will be tried again, less and less often. Told once until a call of its
     * kind succeeds again.
     *
     * @param election the election that it was for
     * @param operation what was attempted; a renewal that fails is {@link LeadershipAtRisk}
     * @param cause what went wrong
     */
    record CallFailed(String election, Operation operation, Throwable cause) implements LeaderEvent {}

    /** What a candidate asks of the database, apart from renewals. */
    enum Operation {
        /** To look at the election. */
        READ,
        /** To open a term. */
        ACQUIRE,
        /** To end its term and vacate the lease. */
        RELEASE;

        /** As a verb in a sentence: {@code read}, {@code acquire} or {@code release}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The lease has run out, but the old term cannot be ended yet, so no new one can begin: a transaction that was fenced
     * with it is still open, or another one holds the rows, or the table is locked; the cause says what is known. It is
     * tried again, at least once a second; told once until the takeover succeeds or somebody else leads.
     *
     * @param election the election without a leader
     * @param blockedBy which database sessions are in the way, or which right is missing to know that; for people
     * @param cause how the attempt failed
     */
    record TakeoverBlocked(String election, String blockedBy, Throwable cause) implements LeaderEvent {}
}
