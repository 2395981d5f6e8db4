package io.github.leaderlease;

import java.time.Duration;

/**
 * When a follower looks at the table next: rarely, but soon after the holder should have renewed. The sooner the last
 * renewal of a leader that crashed was seen, the sooner its lease is known to have run out.
 */
final class PollSchedule {

    /** A renewal takes this long to be seen, with some to spare. */
    private static final Duration SLACK = Duration.ofMillis(30);

    /** Who is told of changes may look rarely, but what it is told may get lost. */
    private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

    private PollSchedule() {}

    static long after(Observation seen, Candidacy me, ReadAnswer answer) {
        long now = answer.receivedAt().nanos();
        long poll = me.timing().pollInterval().toNanos();
        if (!seen.held() || seen.expired()) {
            return now + poll;
        }
        long untilRenewal = seen.renewals().dueAt() + SLACK.toNanos() - now;
        long pause = untilRenewal >= 0
                ? Math.min(untilRenewal, answer.listening() ? rarely(me, poll) : poll)
                : Math.min(-untilRenewal, poll);
        return now + Math.min(Math.max(pause, poll / 4), Math.max(0, seen.provableAt() - now));
    }

    private static long rarely(Candidacy me, long poll) {
        return Math.max(poll, Math.min(me.timing().heartbeat().toNanos(), MAX_PAUSE.toNanos()));
    }
}
