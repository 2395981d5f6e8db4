package io.github.leaderlease;

import io.github.leaderlease.Transition.Action;
import io.github.leaderlease.spi.AcquireRequest;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.Reading;
import java.time.Duration;
import java.util.OptionalLong;

/** How a follower watches the table, tells what it sees, and comes to stand for election. Pure functions. */
final class FollowRules {

    /** With a poll of a second this leaves a tenth of the 1.5 s within which somebody must lead after 1.02 x TTL. */
    private static final Duration MAX_JITTER = Duration.ofMillis(400);

    private static final Duration MAX_HANDOVER_JITTER = Duration.ofMillis(40);

    /** Somebody's transaction stands in the way and may end any moment. */
    private static final Duration MAX_BLOCKED_PAUSE = Duration.ofMillis(800);

    private FollowRules() {}

    /**
     * An answer to a read.
     *
     * @param chance uniform in [0, 1): the jitter
     */
    static Transition read(ElectionState state, Candidacy me, ReadAnswer answer, double chance) {
        if (!state.follows()) {
            return Transition.to(state);
        }
        Reading.Term open = answer.election().openTerm();
        Observation seen = Observation.next(state.seen(), answer, me, state.highestToken());
        ElectionState next = state.seen(seen, answer.shownToken());
        if (state.sitOut().over(answer.receivedAt().nanos(), open == null ? 0 : open.token())) {
            next = next.sitOut(SitOut.NEVER, next.failures());
        }
        return stand(tell(Transition.to(next), me, answer, seen), me, answer, seen, chance);
    }

    /**
     * The loss of the term that was told of, then the news of the one that is open. What is older than the term that was
     * told of says nothing about it: a lagging replica may have answered.
     */
    private static Transition tell(Transition t, Candidacy me, ReadAnswer answer, Observation seen) {
        Reading.Term open = answer.election().openTerm();
        Leader told = t.next().told();
        if (told != null) {
            boolean ended = open == null || open.token() != told.token();
            boolean outdated = answer.shownToken() > 0 && answer.shownToken() < told.token();
            if ((!ended || outdated) && !seen.expired()) {
                return t;
            }
            LossReason reason = ended ? endReason(answer.election()) : LossReason.EXPIRED;
            t = t.with(t.next().told(null, told.token())).with(new LeaderEvent.LeadershipLost(told, reason, false));
        }
        return open == null || seen.expired() ? t : tellNews(t, me, open);
    }

    private static Transition tellNews(Transition t, Candidacy me, Reading.Term open) {
        boolean own = open.holderId().equals(me.holderId());
        if (own || open.token() <= t.next().lostToken() || t.next().told() != null) {
            return t;
        }
        Leader leader = me.leader(open);
        return t.with(t.next().told(leader, 0)).with(new LeaderEvent.LeaderChanged(leader));
    }

    private static LossReason endReason(Reading.Election election) {
        if (election.endReason() != null) {
            return LossReason.parse(election.endReason());
        }
        return election.openTerm() == null ? LossReason.TERM_MISSING : LossReason.SUPERSEDED;
    }

    /** Jitter, read again, then try: whoever comes late sees that the row has changed and does not even try. */
    private static Transition stand(Transition t, Candidacy me, ReadAnswer answer, Observation seen, double chance) {
        ElectionState state = t.next();
        boolean free = !seen.held() || seen.expired() || isOwnLeftover(answer, me, state.highestToken());
        boolean entitled = state.own() instanceof Own.None && state.sitOut().never() && !state.closing();
        long now = answer.receivedAt().nanos();
        if (!free || !entitled) {
            return t.with(state.next(null, nextLook(seen, me, now)));
        }
        Long attemptAt = state.attemptAt();
        if (attemptAt == null) {
            long at = now + (long) (chance * jitter(seen, me).toNanos());
            return t.with(state.next(at, at));
        }
        if (answer.sentAt() - attemptAt < 0) {
            return t.with(state.next(attemptAt, attemptAt));
        }
        AcquireRequest request =
                me.request(seen.version(), state.highestToken(), reasonToEnd(answer, me, state.highestToken()));
        return t.with(state.next(null, now).own(new Own.Acquiring(now, answer.receivedAt())))
                .with(new Action.Acquire(now, request));
    }

    /**
     * A term of my own that I do not lead in: an attempt whose answer got lost, or a term that I have demoted, told and
     * drained. Nobody acts on it, so there is nobody to wait for; a compare-and-set still decides.
     */
    private static boolean isOwnLeftover(ReadAnswer answer, Candidacy me, long highestToken) {
        Reading.Lease lease = answer.election().lease();
        Reading.Term open = answer.election().openTerm();
        return lease != null
                && open != null
                && me.holderId().equals(lease.holderId())
                && me.holderId().equals(open.holderId())
                && lease.token() == open.token()
                && lease.token() >= highestToken
                && lease.acquiredIncarnation().equals(answer.incarnation());
    }

    private static LossReason reasonToEnd(ReadAnswer answer, Candidacy me, long highestToken) {
        return isOwnLeftover(answer, me, highestToken) ? LossReason.SUPERSEDED : LossReason.EXPIRED;
    }

    /** After a crash all followers wake at about the same time; after a handover somebody is waiting for us. */
    private static Duration jitter(Observation seen, Candidacy me) {
        Duration jitter = me.timing().ttl().dividedBy(20);
        Duration most = seen.held() ? MAX_JITTER : MAX_HANDOVER_JITTER;
        return jitter.compareTo(most) < 0 ? jitter : most;
    }

    private static long nextLook(Observation seen, Candidacy me, long now) {
        long poll = me.timing().poll().toNanos();
        boolean unproved = seen.held() && !seen.expired();
        return now + (unproved ? Math.min(poll, Math.max(0, seen.provableAt() - now)) : poll);
    }

    /** A read failed; the engine backs off for all elections together. */
    static Transition readFailed(ElectionState state, Candidacy me, Throwable cause, boolean first) {
        Transition t = Transition.to(state);
        return first && state.follows() ? t.with(new LeaderEvent.CallFailed(me.election(), "read", cause)) : t;
    }

    /**
     * An attempt was answered.
     *
     * @param token the new term's token, or empty if it was lost
     */
    static Transition acquired(ElectionState state, Candidacy me, long attempt, OptionalLong token, ClockReading now) {
        if (!(state.own() instanceof Own.Acquiring pending) || pending.attempt() != attempt) {
            return Transition.to(state);
        }
        state = state.callFailures(0);
        if (token.isEmpty()) {
            return TermRules.free(state, now);
        }
        Leadership leadership = me.leadership(token.getAsLong(), pending.sentAt());
        if (state.closing() || !state.sitOut().never()) {
            return TermRules.vacateUnannounced(state, leadership.key(), me, now);
        }
        if (pending.sentAt().elapsedAt(now) >= me.timing().validNanos()) {
            return TermRules.free(state, now);
        }
        return TermRules.lead(state, me, leadership, pending.sentAt(), now);
    }

    static boolean isBlocked(Throwable cause) {
        return cause instanceof LeaseStoreException known && known.failure() == Failure.BLOCKED;
    }

    /** The outcome of an attempt is unknown or it failed: not leader. The next read tells what became of it. */
    static Transition acquireFailed(
            ElectionState state, Candidacy me, long attempt, Throwable cause, ClockReading now, double chance) {
        if (!(state.own() instanceof Own.Acquiring pending) || pending.attempt() != attempt) {
            return Transition.to(state);
        }
        ElectionState free = TermRules.free(state, now).next();
        long pause = TermRules.retryNanos(chance, state.callFailures());
        Observation seen = state.seen();
        if (seen != null && cause instanceof LeaseStoreException held && isBlocked(held)) {
            long retry = now.nanos() + Math.min(pause, MAX_BLOCKED_PAUSE.toNanos());
            return TermRules.blocked(free.next(null, retry), me, seen.version().openTerm(), held);
        }
        return TermRules.callFailed(free.next(null, now.nanos() + pause), me, "acquire", cause);
    }
}
