package io.github.leaderlease;

import io.github.leaderlease.spi.Scheduler;
import java.time.Duration;

/** For rules: they are told what time it is, and wait for nothing. */
record StoppedClock() implements Scheduler {

    @Override
    public long nanoTime() {
        return 0;
    }

    @Override
    public long wallMillis() {
        return 0;
    }

    @Override
    public Runnable schedule(Duration delay, Runnable task) {
        throw new AssertionError("rules schedule nothing");
    }
}
