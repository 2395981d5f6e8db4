package io.github.leaderlease;

import io.github.leaderlease.spi.Scheduler;
import java.util.concurrent.TimeUnit;

/** Both clocks of this process, read together. */
record ClockReading(long nanos, long wallMillis) {

    static ClockReading of(Scheduler time) {
        return new ClockReading(time.nanoTime(), time.wallMillis());
    }

    /**
     * How much time has passed at most, in nanoseconds: a suspended host stops one of its clocks but not the other. A
     * wall clock that is set forward costs a term; one that is set back changes nothing.
     */
    long elapsedAt(long nanosNow, long wallMillisNow) {
        long wall = wallMillisNow - wallMillis;
        return Math.max(nanosNow - nanos, wall <= 0 ? 0 : TimeUnit.MILLISECONDS.toNanos(wall));
    }

    long elapsedAt(ClockReading now) {
        return elapsedAt(now.nanos, now.wallMillis);
    }
}
