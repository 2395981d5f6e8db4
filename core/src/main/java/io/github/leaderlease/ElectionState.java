package io.github.leaderlease;

import org.jspecify.annotations.Nullable;

/**
 * All that one candidate knows and intends.
 *
 * @param seen what the table showed last; null while nothing is known
 * @param told the other node's term that listeners were told of and whose loss they were not; null if none
 * @param lostToken the highest token whose loss was told
 * @param highestToken the highest token ever seen
 * @param own where it stands with a term of its own
 * @param attemptAt when its jitter before an attempt ends; null if it has no reason to attempt one
 * @param readDueAt when to look at the table next
 * @param sitOut when it may stand again
 * @param failures how many of its terms failed in a row
 * @param callFailures how many attempts to acquire or release failed in a row, which makes the next one wait longer
 * @param blockedToken the term whose fenced transactions were told to be in the way; 0 if none
 * @param closing whether it shall end once its term is over
 */
record ElectionState(
        @Nullable Observation seen,
        @Nullable Leader told,
        long lostToken,
        long highestToken,
        Own own,
        @Nullable Long attemptAt,
        long readDueAt,
        SitOut sitOut,
        int failures,
        int callFailures,
        long blockedToken,
        boolean closing) {

    static ElectionState initial(long now) {
        return new ElectionState(null, null, 0, 0, new Own.None(), null, now, SitOut.NEVER, 0, 0, 0, false);
    }

    /** Leading needs no look at the table: its heartbeats tell. */
    boolean follows() {
        return own instanceof Own.None || own instanceof Own.Demoted;
    }

    ElectionState seen(@Nullable Observation next, long token) {
        return new ElectionState(
                next,
                told,
                lostToken,
                Math.max(highestToken, token),
                own,
                attemptAt,
                readDueAt,
                sitOut,
                failures,
                callFailures,
                blockedToken,
                closing);
    }

    ElectionState told(@Nullable Leader next, long lost) {
        return new ElectionState(
                seen,
                next,
                Math.max(lostToken, lost),
                highestToken,
                own,
                attemptAt,
                readDueAt,
                sitOut,
                failures,
                callFailures,
                blockedToken,
                closing);
    }

    ElectionState own(Own next) {
        return new ElectionState(
                seen,
                told,
                lostToken,
                highestToken,
                next,
                attemptAt,
                readDueAt,
                sitOut,
                failures,
                callFailures,
                blockedToken,
                closing);
    }

    ElectionState next(@Nullable Long attempt, long read) {
        return new ElectionState(
                seen,
                told,
                lostToken,
                highestToken,
                own,
                attempt,
                read,
                sitOut,
                failures,
                callFailures,
                blockedToken,
                closing);
    }

    ElectionState sitOut(SitOut next, int failed) {
        return new ElectionState(
                seen,
                told,
                lostToken,
                highestToken,
                own,
                attemptAt,
                readDueAt,
                next,
                failed,
                callFailures,
                blockedToken,
                closing);
    }

    ElectionState callFailures(int failed) {
        return new ElectionState(
                seen,
                told,
                lostToken,
                highestToken,
                own,
                attemptAt,
                readDueAt,
                sitOut,
                failures,
                failed,
                blockedToken,
                closing);
    }

    ElectionState blocked(long token) {
        return new ElectionState(
                seen,
                told,
                lostToken,
                highestToken,
                own,
                attemptAt,
                readDueAt,
                sitOut,
                failures,
                callFailures,
                token,
                closing);
    }

    /** Whether it is about to stand for election, or does. */
    boolean attempts() {
        return attemptAt != null || own instanceof Own.Acquiring;
    }

    ElectionState close() {
        return new ElectionState(
                seen,
                told,
                lostToken,
                highestToken,
                own,
                attemptAt,
                readDueAt,
                sitOut,
                failures,
                callFailures,
                blockedToken,
                true);
    }
}
