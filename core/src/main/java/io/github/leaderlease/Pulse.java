package io.github.leaderlease;

import io.github.leaderlease.spi.Scheduler;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Has a turn made at least this often, whatever got lost. It stands beside the timer of what is due next: an error may hit
 * either of them, and then the other one is there.
 */
final class Pulse {

    private static final Duration INTERVAL = Duration.ofMillis(250);

    private final Scheduler time;
    private final LongSupplier turnEndedAt;
    private final Runnable soon;
    private long dueAt;

    /**
     * Begins to beat.
     *
     * @param turnEndedAt when the last turn ended
     * @param soon has one made
     */
    Pulse(Scheduler time, LongSupplier turnEndedAt, Runnable soon) {
        this.time = time;
        this.turnEndedAt = turnEndedAt;
        this.soon = soon;
        again();
    }

    /** Begins anew if it has been silent for so long. */
    void check(long now, Duration silence) {
        if (now - dueAt > silence.toNanos()) {
            again();
        }
    }

    private void beat() {
        try {
            if (time.nanoTime() - turnEndedAt.getAsLong() >= INTERVAL.toNanos()) {
                soon.run();
            }
        } finally {
            again();
        }
    }

    private void again() {
        long due = time.nanoTime() + INTERVAL.toNanos();
        time.schedule(INTERVAL, this::beat);
        dueAt = due;
    }
}
