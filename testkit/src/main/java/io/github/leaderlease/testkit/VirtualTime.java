package io.github.leaderlease.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/**
 * The time of a simulated world: it passes only when the next thing that is due is run. Each node sees it through a
 * {@link VirtualScheduler} of its own, whose clocks may be wrong in every way that clocks are wrong.
 *
 * <p>Deterministic: the same seed and the same calls give the same run. Not thread-safe.
 */
public final class VirtualTime {

    private record Event(long at, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
        }
    }

    private final RandomGenerator random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<VirtualScheduler> nodes = new ArrayList<>();
    private long now;
    private long order;

    /**
     * Starts a world at time zero.
     *
     * @param random decides which of several nodes goes first when things fall due at the same nanosecond
     */
    public VirtualTime(RandomGenerator random) {
        this.random = random;
    }

    /**
     * The true time, which no node can see.
     *
     * @return nanoseconds since the start of the world
     */
    public long nanos() {
        return now;
    }

    /**
     * Adds a node.
     *
     * @param clocks what its clocks show now and how fast they run
     * @return its view of time
     */
    public VirtualScheduler node(VirtualScheduler.Clocks clocks) {
        VirtualScheduler node = new VirtualScheduler(this, clocks);
        nodes.add(node);
        return node;
    }

    /**
     * Lets something happen in the world, whatever state the nodes are in.
     *
     * @param delay in true time
     * @param action what happens
     * @throws IllegalArgumentException if the delay is negative: time never goes back
     */
    public void after(Duration delay, Runnable action) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay " + delay + " is negative, but time never goes back");
        }
        events.add(new Event(now + delay.toNanos(), order++, action));
    }

    /**
     * Runs the next thing that is due, if it is due by the given time; otherwise lets time pass until then.
     *
     * @param limit in nanoseconds since the start of the world
     * @return false if nothing was due
     * @throws IllegalArgumentException if the limit is past: time never goes back
     */
    public boolean stepUntil(long limit) {
        if (limit < now) {
            throw new IllegalArgumentException("it is " + now + " ns by now, cannot go back to " + limit + " ns");
        }
        Event event = events.peek();
        long due = event == null ? Long.MAX_VALUE : Math.max(now, event.at());
        VirtualScheduler next = null;
        int ties = 1;
        for (VirtualScheduler node : nodes) {
            long at = node.dueAt();
            if (at < due || (at == due && at != Long.MAX_VALUE && random.nextInt(++ties) == 0)) {
                ties = at < due ? 1 : ties;
                due = at;
                next = node;
            }
        }
        if (due > limit) {
            now = limit;
            return false;
        }
        now = due;
        if (next == null) {
            events.remove().action().run();
        } else {
            next.runNext();
        }
        return true;
    }

    /**
     * Lets time pass and runs all that falls due.
     *
     * @param duration how long, in true time
     */
    public void pass(Duration duration) {
        long limit = now + duration.toNanos();
        boolean more = true;
        while (more) {
            more = stepUntil(limit);
        }
    }

    void forget(VirtualScheduler node) {
        nodes.remove(node);
    }
}
