package io.github.leaderlease.cli;

import java.util.concurrent.TimeUnit;

/**
 * How long something may still go on, counted from the question: whatever delays the answer only shortens it. Of two
 * clocks the one that has gone further counts, since a suspended host stops one of them.
 */
record Permit(long nanosAtQuestion, long wallMillisAtQuestion, long lasts) {

    /** A question that is asked now and that grants nothing until it is answered. */
    static Permit askedNow() {
        return new Permit(System.nanoTime(), System.currentTimeMillis(), 0);
    }

    Permit answered(long nanos) {
        return new Permit(nanosAtQuestion, wallMillisAtQuestion, nanos);
    }

    long left() {
        return left(System.nanoTime(), System.currentTimeMillis());
    }

    long left(long nanos, long wallMillis) {
        long byWall = TimeUnit.MILLISECONDS.toNanos(wallMillis - wallMillisAtQuestion);
        return lasts - Math.max(nanos - nanosAtQuestion, byWall);
    }
}
