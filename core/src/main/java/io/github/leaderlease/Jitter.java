package io.github.leaderlease;

import java.time.Duration;

/** For how long those who could stand for election let others go first, so that one attempt does for many. Pure functions. */
final class Jitter {

    /** A read that takes this long shows that the database, or this machine, has more to do than it can. */
    private static final Duration SLOW_READ = Duration.ofMillis(50);

    private static final int SPREAD_IN_READS = 4;

    private static final Duration MAX_WHERE_SLOW = Duration.ofSeconds(2);

    /** Candidates for which the spread of attempts is made: up to about so many it makes no difference how many they are. */
    private static final int CROWD = 512;

    /** Who is told of a handover at once shall be there at once; who polls comes late anyway. */
    private static final Duration MAX_HANDOVER = Duration.ofMillis(40);

    static final Duration LEAST_HANDOVER = Duration.ofMillis(2);

    private Jitter() {}

    /** After a crash all followers wake at about the same time. */
    static long afterCrash(Candidacy me) {
        return Math.min(me.timing().ttl().toNanos() / 20, Timing.MAX_JITTER.toNanos());
    }

    /**
     * Not uniform: twice as likely with each ninth of the time. However many they are, one comes first by a clear lead, and
     * hardly anybody tries before the others can see that it is done; uniformly, the more they are the more would.
     * The distribution is that of Jamieson, Balakrishnan, Tay: Sift, a MAC protocol for event-driven wireless sensor
     * networks (EWSN 2006).
     */
    static long spread(double random, long most) {
        return (long) (most * Math.log1p(random * (CROWD - 1)) / Math.log(CROWD));
    }

    /**
     * After a handover somebody is waiting for us: who won shall be there at once the next time, who came too late shall
     * let others go first. With few candidates one of them soon takes a vacated lease without any delay, and with many
     * only few of them try.
     */
    static ElectionState adapt(ElectionState state, boolean won) {
        Observation seen = state.observation();
        if (seen == null || seen.held()) {
            return state;
        }
        long jitter = state.handoverJitter();
        long least = LEAST_HANDOVER.toNanos();
        if (won) {
            long next = Math.min(jitter, MAX_HANDOVER.toNanos()) / 4;
            return state.handoverJitter(next < least ? 0 : next);
        }
        return state.handoverJitter(Math.min(Timing.MAX_JITTER.toNanos(), Math.max(least, jitter * 2)));
    }

    static long afterHandover(Candidacy me, ReadAnswer answer) {
        return answer.listening() ? Math.min(afterCrash(me), MAX_HANDOVER.toNanos()) : afterCrash(me);
    }

    /**
     * For how long to let others go first, in nanoseconds, where answers are slow. An attempt would take as long to arrive
     * as the read took, and all who read meanwhile would try as well, which would only make it slower.
     */
    static long whereSlow(ReadAnswer answer) {
        long took = answer.receivedAt().nanos() - answer.sentAt();
        return took < SLOW_READ.toNanos() ? 0 : Math.min(took * SPREAD_IN_READS, MAX_WHERE_SLOW.toNanos());
    }
}
