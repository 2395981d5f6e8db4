package io.github.leaderlease;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that one candidate knows and intends.
 *
 * @param observation what the table showed last; null while nothing is known
 * @param watching since when it has watched without a break; null where an incarnation never comes back
 * @param announcedLeader the other node's term that listeners were told of and whose loss they were not; null if none
 * @param lastLostToken the highest token whose loss was told
 * @param highestToken the highest token ever seen
 * @param role where it stands with a term of its own
 * @param attemptAt when its jitter before an attempt ends; null if it has no reason to attempt one
 * @param readDueAt when to look at the table next
 * @param cooldown when it may stand again
 * @param failures how many of its terms failed in a row
 * @param callFailures how many attempts to acquire or release failed in a row, which makes the next one wait longer
 * @param blockedToken the term whose fenced transactions were told to be in the way; 0 if none
 * @param heirsTurn whose turn it is, as it was notified last; null if it never was
 * @param pace how fast the leader changes
 * @param eligible whether its application would have it lead
 * @param closing whether it shall end once its term is over
 */
record ElectionState(
        @Nullable Observation observation,
        @Nullable Watching watching,
        @Nullable Leader announcedLeader,
        long lastLostToken,
        long highestToken,
        Role role,
        @Nullable Long attemptAt,
        long readDueAt,
        Cooldown cooldown,
        int failures,
        int callFailures,
        long blockedToken,
        @Nullable HeirsTurn heirsTurn,
        Pace pace,
        boolean eligible,
        boolean closing) {

    static ElectionState initial(long now, boolean eligible) {
        return new ElectionState(
                null,
                null,
                null,
                0,
                0,
                new Role.None(),
                null,
                now,
                Cooldown.NEVER,
                0,
                0,
                0,
                null,
                Pace.initial(now),
                eligible,
                false);
    }

    /** Leading needs no look at the table: its heartbeats tell. */
    boolean follows() {
        return role instanceof Role.None || role instanceof Role.Demoted;
    }

    boolean leads() {
        return role instanceof Role.Leading;
    }

    /** Whether it is about to stand for election, or does. */
    boolean attempts() {
        return attemptAt != null || role instanceof Role.Acquiring;
    }

    /** Whether it may stand for election now. */
    boolean entitled() {
        return role instanceof Role.None && cooldown.never() && eligible && !closing;
    }

    /**
     * Whether others should expect it to stand. After a resignation it will, as soon as somebody else has led; while a job of
     * its last term hangs it will not.
     */
    boolean available() {
        boolean hangs = role instanceof Role.Demoted demoted && demoted.overdue();
        return eligible && !hangs && (cooldown.never() || cooldown.endsWithNextTerm());
    }

    ElectionState observation(@Nullable Observation next, long token) {
        return with(draft -> {
            draft.observation = next;
            draft.highestToken = Math.max(highestToken, token);
        });
    }

    ElectionState watching(@Nullable Watching next) {
        return with(draft -> draft.watching = next);
    }

    ElectionState announcedLeader(@Nullable Leader next, long lost) {
        return with(draft -> {
            draft.announcedLeader = next;
            draft.lastLostToken = Math.max(lastLostToken, lost);
        });
    }

    ElectionState role(Role next) {
        return with(draft -> draft.role = next);
    }

    ElectionState next(@Nullable Long attempt, long read) {
        return with(draft -> {
            draft.attemptAt = attempt;
            draft.readDueAt = read;
        });
    }

    ElectionState cooldown(Cooldown next, int failed) {
        return with(draft -> {
            draft.cooldown = next;
            draft.failures = failed;
        });
    }

    ElectionState callFailures(int failed) {
        return with(draft -> draft.callFailures = failed);
    }

    ElectionState blocked(long token) {
        return with(draft -> draft.blockedToken = token);
    }

    /** Counts the change of leader that this state shows, if it does. */
    ElectionState paced(long now, Duration ttl) {
        boolean ended = follows() && observation != null && !observation.held();
        Pace next = pace.sees(highestToken, ended, now, ttl);
        return next.equals(pace) ? this : pace(next);
    }

    ElectionState heirsTurn(HeirsTurn next) {
        return with(draft -> draft.heirsTurn = next);
    }

    ElectionState pace(Pace next) {
        return with(draft -> draft.pace = next);
    }

    ElectionState eligible(boolean next) {
        return with(draft -> draft.eligible = next);
    }

    ElectionState close() {
        return with(draft -> draft.closing = true);
    }

    private ElectionState with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.state();
    }

    /** A copy in which something is about to be changed. */
    private static final class Draft {
        private @Nullable Observation observation;
        private @Nullable Watching watching;
        private @Nullable Leader announcedLeader;
        private long lastLostToken;
        private long highestToken;
        private Role role;
        private @Nullable Long attemptAt;
        private long readDueAt;
        private Cooldown cooldown;
        private int failures;
        private int callFailures;
        private long blockedToken;
        private @Nullable HeirsTurn heirsTurn;
        private Pace pace;
        private boolean eligible;
        private boolean closing;

        Draft(ElectionState state) {
            observation = state.observation;
            watching = state.watching;
            announcedLeader = state.announcedLeader;
            lastLostToken = state.lastLostToken;
            highestToken = state.highestToken;
            role = state.role;
            attemptAt = state.attemptAt;
            readDueAt = state.readDueAt;
            cooldown = state.cooldown;
            failures = state.failures;
            callFailures = state.callFailures;
            blockedToken = state.blockedToken;
            heirsTurn = state.heirsTurn;
            pace = state.pace;
            eligible = state.eligible;
            closing = state.closing;
        }

        ElectionState state() {
            return new ElectionState(
                    observation,
                    watching,
                    announcedLeader,
                    lastLostToken,
                    highestToken,
                    role,
                    attemptAt,
                    readDueAt,
                    cooldown,
                    failures,
                    callFailures,
                    blockedToken,
                    heirsTurn,
                    pace,
                    eligible,
                    closing);
        }
    }
}
