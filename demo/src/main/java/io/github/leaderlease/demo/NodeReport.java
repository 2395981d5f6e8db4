package io.github.leaderlease.demo;

/**
 * What a process of the demo tells, one line each. All times are {@link System#nanoTime()} of the teller, which on one
 * machine is the same clock for all processes; the demo verifies that with the first report of each.
 */
sealed interface NodeReport {

    /** When it happened. */
    long at();

    /** The node is connected to the database and waits for the word to stand for election. */
    record Ready(long at, long pid) implements NodeReport {}

    /**
     * {@code isLeader()} turned true.
     *
     * @param deadline until when it stays true if no renewal succeeds
     */
    record Leading(long at, long token, long deadline) implements NodeReport {}

    /**
     * {@code isLeader()} turned false.
     *
     * @param lastYes when it was last asked with the answer true
     */
    record LeadingNoMore(long at, long token, long lastYes) implements NodeReport {}

    /** A heartbeat has moved the deadline. */
    record Renewed(long at, long token, long deadline) implements NodeReport {}

    /**
     * The event LeadershipAcquired.
     *
     * @param leading what {@code isLeader()} said inside the listener
     */
    record Acquired(long at, long token, boolean leading) implements NodeReport {}

    /** The event LeaderChanged. */
    record Follows(long at, long token, String leader) implements NodeReport {}

    /**
     * The event LeadershipLost.
     *
     * @param leading whether this term's handle was still valid inside the listener, which it must not be
     */
    record Lost(long at, long token, String leader, String reason, boolean own, boolean leading)
            implements NodeReport {}

    /** Something went wrong and is tried again, or the node cannot start. */
    record Trouble(long at, String text) implements NodeReport {}

    /**
     * {@link LeaderWork} has written its rows and committed none.
     *
     * @param leading what {@code isLeader()} said right before
     */
    record Wrote(long at, long token, boolean leading) implements NodeReport {}

    /** {@link LeaderWork} has committed. */
    record Committed(long at, long token, boolean fenced) implements NodeReport {}

    /**
     * A fence has refused the commit.
     *
     * @param inDatabase whether the database says that the term is over, or the process's own clocks
     * @param reason the name of a {@link io.github.leaderlease.LossReason}; empty if it is not known
     */
    record Refused(long at, long token, boolean inDatabase, String reason, String text) implements NodeReport {}

    /** {@link LeaderWork} has rolled back what was refused. */
    record RolledBack(long at, long token) implements NodeReport {}

    /** {@link LeaderWork} cannot go on, and not because of a fence. */
    record WorkFailed(long at, String text) implements NodeReport {}

    /** How often {@code isLeader()} was asked so far. */
    record Sampled(long at, long asked) implements NodeReport {}

    /**
     * Told by the demo itself: the process is gone, because the demo has killed it.
     *
     * @param sent when it was killed, a moment earlier
     */
    record Killed(long at, long sent) implements NodeReport {}

    /** Told by the demo itself: the process stands still. */
    record Frozen(long at) implements NodeReport {}

    /** Told by the demo itself: the process is about to go on. */
    record Woken(long at) implements NodeReport {}

    /** Told by the demo itself: the process ended, and not because the demo killed it. */
    record Ended(long at, long status) implements NodeReport {}
}
