package io.github.leaderlease;

import io.github.leaderlease.Transition.Action;
import io.github.leaderlease.spi.LeaseStore.RenewResult;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a term of one's own goes: won, renewed, given up or lost. Pure functions.
 *
 * <p>The order is always demote, tell, release. Releasing first would let the next leader begin while this one's
 * listeners have not even heard.
 */
final class LeaderRules {

    private static final Duration RETRY = Duration.ofMillis(250);
    private static final Duration MAX_RETRY = Duration.ofSeconds(2);
    private static final int MAX_DOUBLINGS = 6;

    private LeaderRules() {}

    static Transition lead(ElectionState state, Candidacy me, HeldTerm term, ClockReading anchor, ClockReading now) {
        long renewAt = anchor.nanos() + me.timing().heartbeat().toNanos();
        Role.Leading leading =
                new Role.Leading(term.key(), term.startedAt(), now.nanos(), anchor, renewAt, false, null, null);
        return Transition.to(state.observation(null, term.fencingToken()).role(leading))
                .with(new LeaderEvent.LeadershipAcquired(term));
    }

    /** A renewal was answered. A late answer neither revives nor extends a term. */
    static Transition renewed(
            ElectionState state, Candidacy me, long token, ClockReading sentAt, RenewResult result, ClockReading now) {
        if (!(state.role() instanceof Role.Leading leading) || leading.key().token() != token) {
            return Transition.to(state);
        }
        if (leading.anchor().elapsedAt(now) >= me.timing().trustNanos()) {
            return lose(state, me, LossReason.EXPIRED, now);
        }
        ClockReading anchor = sentAt.nanos() - leading.anchor().nanos() > 0 ? sentAt : leading.anchor();
        long nextAt = anchor.nanos() + me.timing().heartbeat().toNanos();
        Role.Leading extended = leading.renewed(anchor, nextAt);
        return switch (result) {
            case RENEWED -> Transition.to(state.role(extended));
            case STEP_DOWN_REQUESTED -> giveUp(state.role(extended), me, Handover.of(LossReason.STEPPED_DOWN), now);
            case SUPERSEDED -> lose(state, me, LossReason.SUPERSEDED, now);
            case MISSING -> lose(state, me, LossReason.TERM_MISSING, now);
        };
    }

    /** A renewal failed or its answer did not come: try again until the deadline. */
    static Transition renewFailed(
            ElectionState state, Candidacy me, HeldTerm term, Throwable cause, ClockReading now, double random) {
        if (!(state.role() instanceof Role.Leading leading) || !leading.key().equals(term.key())) {
            return Transition.to(state);
        }
        long remaining = me.timing().trustNanos() - leading.anchor().elapsedAt(now);
        if (remaining <= 0) {
            return lose(state, me, LossReason.EXPIRED, now);
        }
        Transition t = Transition.to(state.role(leading.notRenewed(now.nanos() + retryNanos(random))));
        return leading.atRisk()
                ? t
                : t.with(new LeaderEvent.LeadershipAtRisk(term, Duration.ofNanos(remaining), cause));
    }

    /**
     * Time has passed: the watchdog.
     *
     * @param ended why the handle of the term is invalid; null while it is valid
     */
    static Transition tick(ElectionState state, Candidacy me, @Nullable LossReason ended, ClockReading now) {
        if (state.role() instanceof Role.Leading leading) {
            if (ended != null || leading.anchor().elapsedAt(now) >= me.timing().trustNanos()) {
                return lose(state, me, ended == null ? LossReason.EXPIRED : ended, now);
            }
            Role.Draining draining = leading.draining();
            if (draining != null && now.nanos() - draining.until() >= 0) {
                return demote(state, me, draining.handover().reason(), null, now);
            }
            Long resignAt = leading.resignAt();
            if (draining == null && resignAt != null && now.nanos() - resignAt >= 0) {
                return giveUp(state, me, Handover.of(LossReason.RESIGNED), now);
            }
        }
        if (state.role() instanceof Role.Demoted demoted && !demoted.overdue() && now.nanos() - demoted.until() >= 0) {
            return Transition.to(state.role(demoted.isOverdue()));
        }
        return Transition.to(state);
    }

    /** Nothing to decide any more: the lease is gone, or cannot be trusted. It is not released but left to run out. */
    static Transition lose(ElectionState state, Candidacy me, LossReason reason, ClockReading now) {
        return demote(state, me, reason, null, now);
    }

    /** A fence has found in the database that the term is over. */
    static Transition disproved(ElectionState state, Candidacy me, TermKey term, LossReason reason, ClockReading now) {
        boolean current =
                state.role() instanceof Role.Leading leading && leading.key().equals(term);
        return current ? lose(state, me, reason, now) : Transition.to(state);
    }

    /**
     * The job is done and this node shall not lead without one. Not before its term has lasted a TTL: jobs that return at
     * once, on all nodes, would otherwise hand the lease round as fast as the database can.
     */
    static Transition jobDone(ElectionState state, Candidacy me, ClockReading now) {
        if (!(state.role() instanceof Role.Leading leading) || leading.draining() != null) {
            return Transition.to(state);
        }
        long at = leading.since() + me.timing().ttl().toNanos();
        return now.nanos() - at >= 0
                ? giveUp(state, me, Handover.of(LossReason.RESIGNED), now)
                : Transition.to(state.role(leading.resignAt(at)));
    }

    /** Asked to resign, step down or close: the job is asked to stop first, and renewals go on meanwhile. */
    static Transition giveUp(ElectionState state, Candidacy me, Handover handover, ClockReading now) {
        if (!(state.role() instanceof Role.Leading leading) || leading.draining() != null) {
            return Transition.to(state);
        }
        long until = now.nanos() + me.timing().stopTimeout().toNanos();
        return Transition.to(state.role(leading.drain(new Role.Draining(handover, until))))
                .with(new Action.StopJob());
    }

    /** The listeners and the job of the own term are all at rest. */
    static Transition idle(ElectionState state, Candidacy me, ClockReading now) {
        if (state.role() instanceof Role.Leading leading && leading.draining() != null) {
            Handover handover = leading.draining().handover();
            return demote(state, me, handover.reason(), handover, now);
        }
        if (state.role() instanceof Role.Demoted demoted && !demoted.releasing()) {
            return demoted.releaseAs() == null
                    ? free(state, now)
                    : release(state, demoted, demoted.releaseAs(), Duration.ZERO);
        }
        return Transition.to(state);
    }

    private static Transition release(ElectionState state, Role.Demoted demoted, Handover handover, Duration delay) {
        return Transition.to(state.role(demoted.release(handover)))
                .with(new Action.Release(demoted.key(), handover, delay));
    }

    /** Before it has released the lease there is nothing to see, and a look would only be in the release's way. */
    private static Transition demote(
            ElectionState state, Candidacy me, LossReason reason, @Nullable Handover releaseAs, ClockReading now) {
        if (!(state.role() instanceof Role.Leading leading)) {
            return Transition.to(state);
        }
        TermKey key = leading.key();
        long until = leading.anchor().nanos() + me.timing().ttl().toNanos();
        int failures = failures(state, me, leading, reason, now);
        long lookAt = releaseAs == null
                ? now.nanos()
                : now.nanos() + me.timing().pollInterval().toNanos();
        ElectionState next = state.role(new Role.Demoted(key, releaseAs, false, until, false))
                .observation(null, key.token())
                .announcedLeader(null, key.token())
                .cooldown(cooldown(me, key, reason, releaseAs != null, failures, now), failures)
                .next(null, lookAt);
        return Transition.to(next).with(new LeaderEvent.LeadershipLost(own(leading, me), reason, true));
    }

    static Leader own(Role.Leading leading, Candidacy me) {
        return new Leader(
                me.election(), me.node(), leading.key().token(), leading.startedAt(), me.metadata(), Duration.ZERO);
    }

    /** A term has failed if its job did, or if it was lost before it lasted two TTLs. */
    private static int failures(
            ElectionState state, Candidacy me, Role.Leading leading, LossReason reason, ClockReading now) {
        boolean brief = now.nanos() - leading.since() < 2 * me.timing().ttl().toNanos();
        if (reason == LossReason.JOB_FAILED || (reason == LossReason.EXPIRED && brief)) {
            return Math.min(state.failures() + 1, MAX_DOUBLINGS);
        }
        return brief ? state.failures() : 0;
    }

    /** A lease that is left to run out keeps the others away for a TTL, and they shall have their chance after that. */
    private static Cooldown cooldown(
            Candidacy me, TermKey key, LossReason reason, boolean released, int failures, ClockReading now) {
        long ttl = me.timing().ttl().toNanos();
        long others = released ? 0 : ttl;
        if (reason == LossReason.JOB_FAILED) {
            return new Cooldown(now.nanos() + others + (ttl << (failures - 1)), key.token(), false);
        }
        if (reason.voluntary()) {
            return new Cooldown(now.nanos() + others + ttl, key.token(), true);
        }
        return failures < 2 ? Cooldown.NEVER : new Cooldown(now.nanos() + (ttl << (failures - 2)), key.token(), false);
    }

    /** Won after all, although by now it wants no term: nobody was told, so nobody needs to be told of its end. */
    static Transition vacateUnannounced(ElectionState state, TermKey key, Candidacy me, ClockReading now) {
        long until = now.nanos() + me.timing().ttl().toNanos();
        LossReason unable = state.eligible() ? LossReason.RESIGNED : LossReason.NOT_ELIGIBLE;
        Handover handover = Handover.of(state.closing() ? LossReason.CLOSED : unable);
        ElectionState next = state.observation(null, key.token())
                .announcedLeader(null, key.token())
                .next(null, now.nanos() + me.timing().pollInterval().toNanos());
        return release(next, new Role.Demoted(key, handover, true, until, false), handover, Duration.ZERO);
    }

    /** A release was answered: whether it was still ours makes no difference. No look becomes due by it. */
    static Transition released(ElectionState state, long token, ClockReading now) {
        boolean mine = state.role() instanceof Role.Demoted d
                && d.releasing()
                && d.key().token() == token;
        if (!mine) {
            return Transition.to(state);
        }
        Transition free = free(state.callFailures(0), now);
        return free.with(free.next().next(null, state.readDueAt()));
    }

    /** A release failed. Until the lease has run out by itself it is worth another try. */
    static Transition releaseFailed(
            ElectionState state, Candidacy me, long token, Throwable cause, ClockReading now, double random) {
        if (!(state.role() instanceof Role.Demoted demoted)
                || !demoted.releasing()
                || demoted.key().token() != token) {
            return Transition.to(state);
        }
        Transition failed = callFailed(state, me, LeaderEvent.Operation.RELEASE, cause);
        Handover handover = demoted.releaseAs();
        if (handover == null || now.nanos() - demoted.until() >= 0) {
            return failed.with(free(failed.next(), now).next());
        }
        Duration delay = Duration.ofNanos(retryNanos(random, state.callFailures()));
        Transition again = release(failed.next(), demoted, handover, delay);
        return new Transition(again.next(), failed.events(), again.actions());
    }

    /** Told at the first failure in a row only: the database may be away for hours. */
    static Transition callFailed(ElectionState state, Candidacy me, LeaderEvent.Operation operation, Throwable cause) {
        Transition t = Transition.to(state.callFailures(state.callFailures() + 1));
        return state.callFailures() > 0 ? t : t.with(new LeaderEvent.CallFailed(me.election(), operation, cause));
    }

    /** Told once for each term that somebody's fence keeps from being taken over. */
    static Transition blocked(ElectionState state, Candidacy me, long term, LeaseStoreException cause) {
        Transition t =
                Transition.to(state.callFailures(state.callFailures() + 1).blocked(term));
        String holders = cause.blockedBy().orElse("unknown");
        return state.blockedToken() == term
                ? t
                : t.with(new LeaderEvent.TakeoverBlocked(me.election(), holders, cause));
    }

    static Transition free(ElectionState state, ClockReading now) {
        Role next = state.closing() ? new Role.Closed() : new Role.None();
        return Transition.to(state.role(next).next(null, now.nanos()));
    }

    /** The election is being closed. */
    static Transition close(ElectionState state, Candidacy me, ClockReading now) {
        ElectionState closing = state.close();
        if (closing.role() instanceof Role.None) {
            return free(closing, now);
        }
        return giveUp(closing, me, Handover.of(LossReason.CLOSED), now);
    }

    /** Resigned: also a candidate that does not lead stands back for one TTL. */
    static Transition resign(ElectionState state, Candidacy me, LossReason reason, ClockReading now) {
        if (state.role() instanceof Role.Leading) {
            return giveUp(state, me, Handover.of(reason), now);
        }
        long until = now.nanos() + me.timing().ttl().toNanos();
        return Transition.to(state.cooldown(new Cooldown(until, state.highestToken(), true), state.failures()));
    }

    static long retryNanos(double random) {
        return (long) (RETRY.toNanos() * (0.75 + random / 2));
    }

    /** Longer after each failure in a row, up to a bound that still lets a candidate be in time. */
    static long retryNanos(double random, int failedBefore) {
        return Math.min(retryNanos(random) << Math.min(failedBefore, 4), MAX_RETRY.toNanos());
    }
}
