package io.github.leaderlease;

import io.github.leaderlease.Transition.Action;
import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import io.github.leaderlease.spi.ReadResult;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who goes first: what a follower makes of the choice of an heir, and of its rank among those who wait for a lease to run
 * out. All of it is about when to look and to attempt. Whether the lease is free, a look has to show. Pure functions.
 */
final class HeirRules {

    /** For so long a vacant lease is left to the heir that was named: more than he needs, and little for those who wait. */
    static final Duration TURN = Duration.ofMillis(200);

    /** An attempt of whoever goes before is most often to be seen after so long. */
    private static final Duration RANK_STEP = Duration.ofMillis(20);

    private static final int RANKED = 10;

    private HeirRules() {}

    /**
     * A lease is said to have been released to an heir. All others leave it to him for a moment and then look.
     *
     * @param lastSeen the election as a read showed it last
     */
    static Transition toldOfRelease(
            ElectionState state,
            Candidacy me,
            Notification.Released released,
            ReadResult.@Nullable Election lastSeen,
            ClockReading now) {
        if (me.nodeId().equals(released.heir())) {
            return inherit(state, me, released, lastSeen, now);
        }
        Observation seen = state.observation();
        if (seen == null || !seen.held() || seen.version().token() != released.token()) {
            return Transition.to(state);
        }
        long until = now.nanos() + TURN.toNanos();
        return Transition.to(state.heirsTurn(new HeirsTurn(released.token(), until))
                .next(state.attemptAt(), Monotonic.earlier(state.readDueAt(), until)));
    }

    /**
     * This process is said to be the heir. Nothing is believed: the attempt compares with what a release makes of the lease as
     * this candidate has seen it, and is lost if anything else has happened; and there is one for each term, whatever is said.
     * Only a term that was acquired in the incarnation of the database in which it was observed can be inherited so; and where
     * an incarnation can come back, a read first has to tell that the election is still being watched.
     */
    private static Transition inherit(
            ElectionState state,
            Candidacy me,
            Notification.Released released,
            ReadResult.@Nullable Election lastSeen,
            ClockReading now) {
        Observation seen = state.observation();
        ReadResult.Lease lease = lastSeen == null ? null : lastSeen.lease();
        if (seen == null
                || lease == null
                || state.watching() != null
                || released.token() != state.highestToken()
                || HeirsTurn.isOf(state.heirsTurn(), released.token())
                || released.token() != seen.version().token()
                || released.token() != seen.version().openTerm()
                || !lease.acquiredIncarnation().equals(seen.version().incarnation())
                || !state.entitled()
                || state.pace().mayTakeAt(me.timing().ttl()) - now.nanos() > 0) {
            return Transition.to(state);
        }
        long attempt = now.nanos();
        AcquireRequest request = me.request(seen.version().released(), state.highestToken(), LossReason.SUPERSEDED);
        ElectionState tried = state.heirsTurn(new HeirsTurn(released.token(), attempt));
        return Transition.to(tried.next(null, attempt).role(new Role.Acquiring(attempt, now, released.reason())))
                .with(new Action.Acquire(attempt, request));
    }

    /**
     * So many are said to go before this candidate once a lease has run out. Its next look, which will prove that, has been put
     * off by chance; it is put off by rank instead.
     *
     * @param of what was observed when the rank was asked for
     * @param random uniform in [0, 1): the jitter of those who come last
     */
    static Transition ranked(
            ElectionState state, Candidacy me, ElectionVersion of, int ahead, ClockReading now, double random) {
        Observation seen = state.observation();
        if (seen == null || !seen.version().equals(of) || !seen.held() || seen.expired() || state.attemptAt() == null) {
            return Transition.to(state);
        }
        long steps = RANK_STEP.toNanos() * Math.min(Math.max(0, ahead), RANKED);
        long last = ahead < RANKED ? 0 : Jitter.spread(random, Jitter.most(me) / 2);
        long at = Monotonic.later(now.nanos(), seen.provableAt() + steps + last);
        return Transition.to(state.next(at, at));
    }
}
