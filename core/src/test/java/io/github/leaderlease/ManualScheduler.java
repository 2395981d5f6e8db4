package io.github.leaderlease;

import io.github.leaderlease.spi.Scheduler;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Time that moves only when a test moves it. The tasks run on the thread that moves it; other threads may schedule
 * some.
 */
final class ManualScheduler implements Scheduler {

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);

    private record Task(long due, long order, Runnable work) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            return due == other.due ? Long.compare(order, other.order) : Long.compare(due, other.due);
        }
    }

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private final Semaphore scheduled = new Semaphore(0);
    private long nanos = 5_000;
    private long wallMillis = 1_700_000_000_000L;
    private long order;

    @Override
    public synchronized long nanoTime() {
        return nanos;
    }

    @Override
    public synchronized long wallMillis() {
        return wallMillis;
    }

    @Override
    public synchronized Runnable schedule(Duration delay, Runnable work) {
        Task task = new Task(nanos + Math.max(0, delay.toNanos()), order++, work);
        tasks.add(task);
        scheduled.release();
        return () -> cancel(task);
    }

    private synchronized void cancel(Task task) {
        tasks.remove(task);
    }

    /** Moves both clocks and runs what falls due, each task at its own time. */
    void advance(Duration by) {
        long end = nanoTime() + by.toNanos();
        for (Task task = due(end); task != null; task = due(end)) {
            moveTo(Math.max(nanoTime(), task.due()));
            task.work().run();
        }
        moveTo(end);
    }

    /** Moves the monotonic clock alone. */
    synchronized void stepMonotonic(Duration by) {
        nanos += by.toNanos();
    }

    /** Moves the wall clock alone. */
    synchronized void stepWall(Duration by) {
        wallMillis += by.toMillis();
    }

    /** Runs what is due now, also what other threads schedule meanwhile, until the condition holds; time stands still. */
    void runUntil(BooleanSupplier condition) {
        long giveUpAt = System.nanoTime() + PATIENCE;
        while (true) {
            for (Task task = due(nanoTime()); task != null; task = due(nanoTime())) {
                task.work().run();
            }
            if (condition.getAsBoolean()) {
                return;
            }
            if (System.nanoTime() - giveUpAt > 0) {
                throw new AssertionError("what the test waits for did not come");
            }
            awaitTask();
        }
    }

    private void awaitTask() {
        try {
            if (scheduled.tryAcquire(5, TimeUnit.MILLISECONDS)) {
                scheduled.drainPermits();
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private synchronized Task due(long until) {
        Task next = tasks.peek();
        return next != null && next.due() <= until ? tasks.remove() : null;
    }

    private synchronized void moveTo(long target) {
        long wallBefore = TimeUnit.NANOSECONDS.toMillis(nanos);
        nanos = target;
        wallMillis += TimeUnit.NANOSECONDS.toMillis(nanos) - wallBefore;
    }
}
