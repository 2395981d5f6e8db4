package io.github.leaderlease.testkit;

import io.github.leaderlease.spi.Scheduler;
import java.time.Duration;
import java.util.PriorityQueue;

/**
 * One node's view of {@link VirtualTime}: two clocks, each with a rate of its own, and the tasks of the node's thread. A
 * node can be paused (its tasks wait), suspended (one of its clocks stops too) and killed (its tasks vanish). Not
 * thread-safe.
 */
public final class VirtualScheduler implements Scheduler {

    /**
     * What a node's clocks are like.
     *
     * @param nanoOrigin what the monotonic clock shows now; any value, it may overflow later
     * @param rate how fast it runs: 1.05 means that it gains 5 %
     * @param wallMillis what the wall clock shows now
     * @param wallRate how fast that one runs
     */
    public record Clocks(long nanoOrigin, double rate, long wallMillis, double wallRate) {}

    /** A clock of a node. */
    public enum Clock {
        /** What {@link #nanoTime()} reads. */
        MONOTONIC,
        /** What {@link #wallMillis()} reads. */
        WALL
    }

    /** A clock that runs at its own rate from a moment on. */
    private record Reading(long shown, long since, double rate) {
        long at(long now) {
            return shown + (long) ((now - since) * rate);
        }

        /** When it will show a value at the earliest. */
        long when(long value) {
            long at = since + (long) Math.ceil((value - shown) / rate);
            while (at(at) - value < 0) {
                at++;
            }
            return at;
        }
    }

    private record Task(long due, long order, Runnable work) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            return due == other.due ? Long.compare(order, other.order) : due - other.due < 0 ? -1 : 1;
        }
    }

    private static final double STOPPED = 0;

    private final VirtualTime time;
    private final Clocks clocks;
    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private Reading monotonic;
    private Reading wall;
    private long order;
    private boolean paused;
    private boolean dead;

    VirtualScheduler(VirtualTime time, Clocks clocks) {
        if (clocks.rate() <= 0 || clocks.wallRate() <= 0) {
            throw new IllegalArgumentException("clocks must go forward, at a rate above 0: " + clocks);
        }
        this.time = time;
        this.clocks = clocks;
        this.monotonic = new Reading(clocks.nanoOrigin(), time.nanos(), clocks.rate());
        this.wall = new Reading(clocks.wallMillis() * 1_000_000, time.nanos(), clocks.wallRate());
    }

    @Override
    public long nanoTime() {
        return monotonic.at(time.nanos());
    }

    @Override
    public long wallMillis() {
        return Math.floorDiv(wall.at(time.nanos()), 1_000_000);
    }

    @Override
    public Runnable schedule(Duration delay, Runnable work) {
        if (dead) {
            return () -> {};
        }
        Task task = new Task(nanoTime() + Math.max(0, delay.toNanos()), order++, work);
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    /** Stops running tasks, as a long garbage collection or SIGSTOP does; the clocks go on. */
    public void pause() {
        paused = true;
    }

    /**
     * Stops running tasks and one of the clocks, as a suspended host does.
     *
     * @param stopped the clock that stands still until {@link #resume()}
     */
    public void suspend(Clock stopped) {
        paused = true;
        long now = time.nanos();
        if (stopped == Clock.MONOTONIC) {
            monotonic = new Reading(monotonic.at(now), now, STOPPED);
        } else {
            wall = new Reading(wall.at(now), now, STOPPED);
        }
    }

    /** Goes on: what fell due meanwhile runs now, in the order in which it fell due. */
    public void resume() {
        paused = false;
        long now = time.nanos();
        monotonic = new Reading(monotonic.at(now), now, clocks.rate());
        wall = new Reading(wall.at(now), now, clocks.wallRate());
    }

    /** Ends the node: none of its tasks will ever run. */
    public void kill() {
        dead = true;
        tasks.clear();
        time.forget(this);
    }

    /**
     * Steps the wall clock.
     *
     * @param step forward, or back if negative
     */
    public void stepWall(Duration step) {
        long now = time.nanos();
        wall = new Reading(wall.at(now) + step.toNanos(), now, wall.rate());
    }

    /**
     * Whether the node runs: it is neither paused nor dead.
     *
     * @return true if so
     */
    public boolean running() {
        return !paused && !dead;
    }

    /**
     * Whether the node was killed.
     *
     * @return true if so
     */
    public boolean dead() {
        return dead;
    }

    /** In true time; never, if it has nothing to do or does not run. */
    long dueAt() {
        Task next = tasks.peek();
        return next == null || paused ? Long.MAX_VALUE : Math.max(time.nanos(), monotonic.when(next.due()));
    }

    void runNext() {
        tasks.remove().work().run();
    }
}
