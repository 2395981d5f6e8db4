package io.github.leaderlease;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.ReadResult;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A state of the election that a follower has seen, and since when.
 *
 * @param version the state
 * @param since when the answer that first showed it was received, on the monotonic clock. Not when that read was sent:
 *     the holder may have renewed in between
 * @param waitNanos how long the state must last from then on to prove that its holder is gone; 0 if nobody holds it
 * @param renewals what is guessed about its holder's heartbeat
 * @param expired whether a read has proved it
 */
record Observation(ElectionVersion version, long since, long waitNanos, Renewals renewals, boolean expired) {

    /**
     * When the holder renewed last, and how often it seems to do so. Taken from the database's clock, which may be stepped,
     * so it says when to look again and decides nothing.
     */
    record Renewals(long last, long heartbeat) {

        static Renewals of(@Nullable Observation before, ElectionVersion version, ReadAnswer answer, Candidacy me) {
            ReadResult.Lease lease = answer.election().lease();
            long now = answer.receivedAt().nanos();
            if (lease == null) {
                return new Renewals(now, 0);
            }
            long last = now
                    - Math.max(0, Math.min(lease.age().toNanos(), lease.ttl().toNanos()));
            long usual = lease.ttl().equals(me.timing().ttl())
                    ? me.timing().heartbeat().toNanos()
                    : lease.ttl().toNanos() / 2;
            if (before == null || before.version.token() != version.token()) {
                return new Renewals(last, usual);
            }
            long more = version.renewal() - before.version.renewal();
            long seen = more <= 0 ? 0 : (last - before.renewals.last) / more;
            return new Renewals(last, seen <= 0 || seen > lease.ttl().toNanos() ? usual : seen);
        }

        long dueAt() {
            return last + heartbeat;
        }
    }

    boolean held() {
        return waitNanos > 0;
    }

    /** When it can be proved at the earliest. */
    long provableAt() {
        return since + waitNanos;
    }

    /**
     * What this answer shows, given what earlier ones showed.
     *
     * @param before null also if the watch in which it was made is over
     * @param watching since when the election has been watched; null where an incarnation never comes back
     */
    static Observation next(
            @Nullable Observation before,
            ReadAnswer answer,
            Candidacy me,
            long highestToken,
            @Nullable Watching watching) {
        ElectionVersion version = answer.version();
        if (before == null || !before.version.equals(version)) {
            Renewals renewals = Renewals.of(before, version, answer, me);
            long wait = Math.max(waitNanos(answer, me, highestToken), unsettledNanos(answer, me, watching));
            return new Observation(version, answer.receivedAt().nanos(), wait, renewals, false);
        }
        boolean expired = before.held() && answer.sentAt() - before.provableAt() >= 0;
        return new Observation(version, before.since, before.waitNanos, before.renewals, before.expired || expired);
    }

    /**
     * The holder's own TTL counts, not ours. A row that was acquired in an earlier life of the database, or that shows
     * less than was seen before, may hide a term that the database has lost, so nobody may enter at once, vacant or not.
     */
    private static long waitNanos(ReadAnswer answer, Candidacy me, long highestToken) {
        ReadResult.Lease lease = answer.election().lease();
        ReadResult.Term open = answer.election().openTerm();
        Duration wait = Duration.ZERO;
        if (open != null) {
            wait = open.ttl();
        }
        if (lease != null) {
            boolean otherLife = !lease.acquiredIncarnation().equals(answer.incarnation());
            if (lease.holderId() != null || open != null || otherLife) {
                wait = longer(wait, lease.ttl());
            }
            if (otherLife) {
                wait = longer(wait, me.timing().ttl());
            }
        }
        if (answer.shownToken() < highestToken) {
            wait = longer(wait, me.timing().ttl());
        }
        return Watching.withMargin(wait);
    }

    /** Where an incarnation can come back, a row of this very incarnation may be outdated as well. */
    static long unsettledNanos(ReadAnswer answer, Candidacy me, @Nullable Watching watching) {
        ReadResult.Lease lease = answer.election().lease();
        if (watching == null || lease == null) {
            return 0;
        }
        Duration ttl = longer(lease.ttl(), me.timing().ttl());
        return watching.unsettledNanos(lease.token(), answer.receivedAt().nanos(), ttl);
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
