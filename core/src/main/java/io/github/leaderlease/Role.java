package io.github.leaderlease;

import io.github.leaderlease.spi.TermKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where a candidate stands with a term of its own. */
sealed interface Role {

    /** No term, no attempt: it follows. */
    record None() implements Role {}

    /**
     * An attempt to acquire is under way.
     *
     * @param attempt its number; answers to earlier attempts are dropped
     * @param sentAt what the new term's deadline will be counted from
     * @param inherited why the term before has ended, if this is an heir who was notified and has not read it; else null
     */
    record Acquiring(
            long attempt, ClockReading sentAt, @Nullable LossReason inherited) implements Role {}

    /**
     * It leads.
     *
     * @param key the term
     * @param startedAt when this node asked for it, by its wall clock
     * @param since when it won, on the monotonic clock
     * @param anchor when the last successful renewal was sent
     * @param renewDueAt when the next heartbeat is due
     * @param atRisk whether the last heartbeat failed
     * @param draining set while its job is being stopped, with renewals going on
     * @param resignAt when to resign because the job is done; null if it is not, or if that is no reason
     */
    record Leading(
            TermKey key,
            Instant startedAt,
            long since,
            ClockReading anchor,
            long renewDueAt,
            boolean atRisk,
            @Nullable Draining draining,
            @Nullable Long resignAt)
            implements Role {

        Leading renewed(ClockReading sentAt, long nextAt) {
            return new Leading(key, startedAt, since, sentAt, nextAt, false, draining, resignAt);
        }

        Leading notRenewed(long againAt) {
            return new Leading(key, startedAt, since, anchor, againAt, true, draining, resignAt);
        }

        Leading drain(Draining next) {
            return new Leading(key, startedAt, since, anchor, renewDueAt, atRisk, next, resignAt);
        }

        Leading resignAt(long at) {
            return new Leading(key, startedAt, since, anchor, renewDueAt, atRisk, draining, at);
        }
    }

    /** The job has been asked to stop so that the term can be given up, and has until then to do so. */
    record Draining(Handover handover, long until) {}

    /**
     * It leads no more, but its listeners or job of that term may still be at work, or its lease is being released.
     *
     * @param key the term that was given up or lost
     * @param releaseAs how to release the lease once all is quiet; null if it is left to run out
     * @param releasing whether the release has been sent
     * @param until when to stop trying to release: the lease will have run out by itself
     * @param overdue whether that has passed, so that nobody should count on this candidate: a job or listener may hang
     */
    record Demoted(TermKey key, @Nullable Handover releaseAs, boolean releasing, long until, boolean overdue)
            implements Role {

        Demoted release(Handover how) {
            return new Demoted(key, how, true, until, overdue);
        }

        Demoted isOverdue() {
            return new Demoted(key, releaseAs, releasing, until, true);
        }
    }

    /** The election was closed. */
    record Closed() implements Role {}
}
