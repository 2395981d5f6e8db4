package io.github.leaderlease.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The durations of {@code run}. What belongs to the lease alone is checked by the library.
 *
 * @param ttl how long a renewal is good for
 * @param heartbeat how often to renew
 * @param grace how long before the end of its right the command is asked to stop
 * @param stopTimeout how long the command may take to stop while the lease is still renewed
 */
record RunTiming(Duration ttl, Duration heartbeat, Duration grace, Duration stopTimeout) {

    private static final Duration MIN_QUESTION = Duration.ofMillis(25);
    private static final Duration MAX_QUESTION = Duration.ofSeconds(1);

    /** Without a heartbeat or a grace, what suits the TTL is taken. */
    static RunTiming of(Duration ttl, @Nullable Duration heartbeat, @Nullable Duration grace, Duration stopTimeout) {
        return new RunTiming(
                ttl,
                heartbeat == null ? ttl.dividedBy(2) : heartbeat,
                grace == null ? ttl.dividedBy(10) : grace,
                stopTimeout);
    }

    /**
     * A command must not be stopped because of a single heartbeat that comes somewhat late.
     *
     * @throws IllegalArgumentException saying the values and the rule
     */
    void check() {
        Duration longest = ttl.multipliedBy(7).dividedBy(10).minus(heartbeat);
        boolean heartbeatFits = heartbeat.compareTo(ttl.dividedBy(2)) <= 0;
        if (heartbeatFits && grace.compareTo(longest) > 0) {
            throw new IllegalArgumentException("grace " + DurationConverter.show(grace) + " does not fit TTL "
                    + DurationConverter.show(ttl) + " and heartbeat " + DurationConverter.show(heartbeat)
                    + ": the command would be stopped whenever a heartbeat is late; use at most TTL - TTL/10 - TTL/5 -"
                    + " heartbeat = " + DurationConverter.show(longest));
        }
    }

    /** How often the supervisor asks whether the command may go on. */
    Duration askEvery() {
        Duration part = ttl.dividedBy(20);
        if (part.compareTo(MIN_QUESTION) < 0) {
            return MIN_QUESTION;
        }
        return part.compareTo(MAX_QUESTION) > 0 ? MAX_QUESTION : part;
    }
}
