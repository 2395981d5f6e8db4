package io.github.leaderlease.spi;

import java.time.Duration;

/**
 * Time as the protocol sees it: reading the clocks and waiting on them are one object, so that a simulation owns both.
 *
 * <p>The protocol uses clocks only to measure durations within this process; it never compares them with another
 * machine's.
 */
public interface Scheduler {

    /**
     * The monotonic clock.
     *
     * @return nanoseconds since an arbitrary origin, never going back
     */
    long nanoTime();

    /**
     * The wall clock, read because it goes on while a suspended host's monotonic clock may not.
     *
     * @return milliseconds since the epoch; may be stepped in either direction
     */
    long wallMillis();

    /**
     * Runs a task once after a delay, on the single thread that owns all election state. Tasks run one at a time, in
     * the order in which they fall due. Does not block.
     *
     * @param delay how long to wait on the monotonic clock; zero means as soon as possible
     * @param task what to run; it must not block
     * @return cancels the task if it has not started yet
     */
    Runnable schedule(Duration delay, Runnable task);
}
