package io.github.leaderlease;

import io.github.leaderlease.Transition.Action;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.ReadResult;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;

/** How a follower watches the table, tells what it sees, and comes to stand for election. Pure functions. */
final class FollowerRules {

    /** Somebody's transaction stands in the way and may end any moment. */
    private static final Duration MAX_BLOCKED_PAUSE = Duration.ofMillis(800);

    private FollowerRules() {}

    /**
     * An answer to a read.
     *
     * @param random uniform in [0, 1): the jitter
     */
    static Transition read(ElectionState state, Candidacy me, ReadAnswer answer, double random) {
        if (!state.follows()) {
            return Transition.to(state);
        }
        Watching watching = Watching.next(state.watching(), answer);
        Observation before = Objects.equals(watching, state.watching()) ? state.observation() : null;
        Observation seen = Observation.next(before, answer, me, state.highestToken(), watching);
        ElectionState next = state.observation(seen, answer.shownToken()).watching(watching);
        if (state.cooldown().over(answer.receivedAt().nanos(), answer.shownToken())) {
            next = next.cooldown(Cooldown.NEVER, next.failures());
        }
        return considerAttempt(announceChange(Transition.to(next), me, answer, seen), me, answer, seen, random);
    }

    /**
     * The loss of the term that was told of, then the news of the one that is open. What is older than the term that was
     * told of says nothing about it: a lagging replica may have answered.
     */
    private static Transition announceChange(Transition t, Candidacy me, ReadAnswer answer, Observation seen) {
        ReadResult.Term open = answer.election().openTerm();
        Leader told = t.next().announcedLeader();
        if (told != null) {
            boolean ended = open == null || open.token() != told.fencingToken();
            boolean outdated = answer.shownToken() > 0 && answer.shownToken() < told.fencingToken();
            if ((!ended || outdated) && !seen.expired()) {
                return t;
            }
            LossReason reason = ended ? endReason(answer.election()) : LossReason.EXPIRED;
            t = t.with(t.next().announcedLeader(null, told.fencingToken()))
                    .with(new LeaderEvent.LeadershipLost(told, reason, false));
        }
        return open == null || seen.expired() ? t : announceLeader(t, me, open);
    }

    private static Transition announceLeader(Transition t, Candidacy me, ReadResult.Term open) {
        boolean own = open.holderId().equals(me.holderId());
        if (own || open.token() <= t.next().lastLostToken() || t.next().announcedLeader() != null) {
            return t;
        }
        Leader leader = me.leader(open);
        return t.with(t.next().announcedLeader(leader, 0)).with(new LeaderEvent.LeaderChanged(leader));
    }

    private static LossReason endReason(ReadResult.Election election) {
        if (election.endReason() != null) {
            return LossReason.parse(election.endReason());
        }
        return election.openTerm() == null ? LossReason.TERM_MISSING : LossReason.SUPERSEDED;
    }

    /** Jitter, read again, then try: whoever comes late sees that the row has changed and does not even try. */
    private static Transition considerAttempt(
            Transition t, Candidacy me, ReadAnswer answer, Observation seen, double random) {
        ElectionState state = t.next();
        boolean free = !seen.held() || seen.expired() || isOwnLeftover(state, answer, me);
        boolean entitled = state.entitled();
        long now = answer.receivedAt().nanos();
        if (!free || !entitled) {
            return t.with(waiting(state, me, answer, seen, entitled, random));
        }
        long mayTakeAt = state.pace().mayTakeAt(me.timing().ttl());
        if (!seen.held() && mayTakeAt - now > 0) {
            return t.with(state.next(
                    null,
                    now + Math.min(mayTakeAt - now, me.timing().pollInterval().toNanos())));
        }
        boolean heir = isHeir(state, seen, me, answer);
        Long attemptAt = heir ? null : state.attemptAt();
        if (attemptAt != null && (answer.sentAt() - attemptAt < 0 || !answer.mayAttempt())) {
            return t.with(state.next(attemptAt, attemptAt));
        }
        long wait = heir ? 0 : wait(state, seen, me, answer, random);
        if (attemptAt == null && wait > 0) {
            return t.with(state.next(now + wait, now + wait));
        }
        if (!answer.mayAttempt()) {
            return t.with(state.next(now, now));
        }
        AcquireRequest request = me.request(seen.version(), state.highestToken(), reasonToEnd(state, answer, me));
        return t.with(state.next(null, now).role(new Role.Acquiring(now, answer.receivedAt(), null)))
                .with(new Action.Acquire(now, request));
    }

    /** For how long to let others go first, in nanoseconds: a vacant lease is left to its heir for a moment. */
    private static long wait(ElectionState state, Observation seen, Candidacy me, ReadAnswer answer, double random) {
        String heir = seen.held() ? null : answer.heir();
        if (heir == null) {
            return Jitter.spread(random, Jitter.most(me));
        }
        if (me.nodeId().equals(heir)) {
            return Jitter.spread(random, Jitter.most(me) / 2); // has seen other changes just now
        }
        long turn = HeirsTurn.left(
                state.heirsTurn(), seen.version().token(), answer.receivedAt().nanos(), HeirRules.TURN.toNanos());
        return turn + Jitter.spread(random, Jitter.most(me) / 2);
    }

    /** Who polls sees a part of the changes only: if there were others just now, there may be many, and no heir is helped on. */
    private static boolean isHeir(ElectionState state, Observation seen, Candidacy me, ReadAnswer answer) {
        boolean settled = state.pace().settledAt() - answer.receivedAt().nanos() <= 0;
        return !seen.held() && me.nodeId().equals(answer.heir()) && (answer.listening() || settled);
    }

    /** The look that will prove the holder gone is put off itself, once, so that an attempt may follow it at once. */
    private static ElectionState waiting(
            ElectionState state, Candidacy me, ReadAnswer answer, Observation seen, boolean entitled, double random) {
        long next = lookInTurn(state, seen, answer, PollSchedule.after(seen, me, answer));
        boolean proves = seen.held() && !seen.expired() && next - seen.provableAt() >= 0;
        if (!entitled || !proves) {
            return state.next(null, next);
        }
        Long planned = state.attemptAt();
        long at = planned != null && planned - seen.provableAt() >= 0
                ? planned
                : next + Jitter.spread(random, Jitter.most(me));
        return state.next(at, at);
    }

    /** The answer may be older than the notification that its heir is about to follow. */
    private static long lookInTurn(ElectionState state, Observation seen, ReadAnswer answer, long next) {
        long now = answer.receivedAt().nanos();
        long left = HeirsTurn.left(state.heirsTurn(), seen.version().token(), now, 0);
        return left > 0 ? Monotonic.earlier(next, now + left) : next;
    }

    /**
     * A term of my own that I do not lead in: an attempt whose answer got lost, or a term that I have demoted, told and
     * drained. Nobody acts on it, so there is nobody to wait for; a compare-and-set still decides.
     */
    private static boolean isOwnLeftover(ElectionState state, ReadAnswer answer, Candidacy me) {
        ReadResult.Lease lease = answer.election().lease();
        ReadResult.Term open = answer.election().openTerm();
        return lease != null
                && open != null
                && me.holderId().equals(lease.holderId())
                && me.holderId().equals(open.holderId())
                && lease.token() == open.token()
                && lease.token() >= state.highestToken()
                && lease.acquiredIncarnation().equals(answer.incarnation())
                && Observation.unsettledNanos(answer, me, state.watching()) == 0;
    }

    private static LossReason reasonToEnd(ElectionState state, ReadAnswer answer, Candidacy me) {
        return isOwnLeftover(state, answer, me) ? LossReason.SUPERSEDED : LossReason.EXPIRED;
    }

    /** A read failed; the engine backs off for all elections together. */
    static Transition readFailed(ElectionState state, Candidacy me, Throwable cause, boolean first) {
        Transition t = Transition.to(state);
        return first && state.follows()
                ? t.with(new LeaderEvent.CallFailed(me.election(), LeaderEvent.Operation.READ, cause))
                : t;
    }

    /**
     * An attempt was answered.
     *
     * @param token the new term's token, or empty if it was lost
     */
    static Transition acquired(ElectionState state, Candidacy me, long attempt, OptionalLong token, ClockReading now) {
        if (!(state.role() instanceof Role.Acquiring pending) || pending.attempt() != attempt) {
            return Transition.to(state);
        }
        state = state.callFailures(0);
        if (token.isEmpty()) {
            return LeaderRules.free(state, now);
        }
        Transition t = inherited(state, pending);
        state = t.next();
        HeldTerm term = me.term(token.getAsLong(), pending.sentAt());
        if (state.closing() || !state.eligible() || !state.cooldown().never()) {
            return t.then(LeaderRules.vacateUnannounced(state, term.key(), me, now));
        }
        if (pending.sentAt().elapsedAt(now) >= me.timing().trustNanos()) {
            return t.then(LeaderRules.free(state, now));
        }
        return t.then(LeaderRules.lead(state, me, term, pending.sentAt(), now));
    }

    /** What was won by an heir has ended before, and nobody here was told of that. */
    private static Transition inherited(ElectionState state, Role.Acquiring won) {
        Leader told = state.announcedLeader();
        return told == null || won.inherited() == null
                ? Transition.to(state)
                : Transition.to(state.announcedLeader(null, told.fencingToken()))
                        .with(new LeaderEvent.LeadershipLost(told, won.inherited(), false));
    }

    /** It was not even tried, for somebody else was at it or too much was to do: look again. */
    static Transition notTried(ElectionState state, long attempt, ClockReading now) {
        boolean pending = state.role() instanceof Role.Acquiring own && own.attempt() == attempt;
        return pending
                ? Transition.to(LeaderRules.free(state, now).next().next(now.nanos(), now.nanos()))
                : Transition.to(state);
    }

    /** The outcome of an attempt is unknown or it failed: not leader. The next read tells what became of it. */
    static Transition acquireFailed(
            ElectionState state, Candidacy me, long attempt, Throwable cause, ClockReading now, double random) {
        if (!(state.role() instanceof Role.Acquiring pending) || pending.attempt() != attempt) {
            return Transition.to(state);
        }
        ElectionState free = LeaderRules.free(state, now).next();
        long pause = LeaderRules.retryNanos(random, state.callFailures());
        Observation seen = state.observation();
        if (seen != null && cause instanceof LeaseStoreException held && held.failure() == Failure.BLOCKED) {
            long retry = now.nanos() + Math.min(pause, MAX_BLOCKED_PAUSE.toNanos());
            return LeaderRules.blocked(
                    free.next(null, retry), me, seen.version().openTerm(), held);
        }
        return LeaderRules.callFailed(free.next(null, now.nanos() + pause), me, LeaderEvent.Operation.ACQUIRE, cause);
    }
}
