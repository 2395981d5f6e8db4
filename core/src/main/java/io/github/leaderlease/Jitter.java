package io.github.leaderlease;

/** For how long those who could stand for election let others go first, so that one attempt does for many. Pure functions. */
final class Jitter {

    /** Candidates for which the spread of attempts is made: up to about so many it makes no difference how many they are. */
    private static final int CROWD = 512;

    private Jitter() {}

    /** In nanoseconds: after a crash all followers wake at about the same time. */
    static long most(Candidacy me) {
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
}
