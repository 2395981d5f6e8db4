package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderElection;
import io.github.leaderlease.testdatabases.BrokenGuarantee;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Asks two candidates every few milliseconds whether they lead: never both, and never after a wait. */
final class Watch implements AutoCloseable {

    private static final long PERIOD_MILLIS = 3;
    private static final long LOOK_MILLIS = 20;

    /** Where a thread is that waits for a socket, a lock or another thread. */
    private static final List<String> WAITS =
            List.of("sun.nio.ch.", "java.net.Socket", "LockSupport.park", "Object.wait");

    /** A moment at which a candidate's answer changed, between two samples. */
    record Change(long before, long at, boolean leads) {}

    private final LeaderElection one;
    private final LeaderElection other;
    private final ScheduledExecutorService thread = Executors.newScheduledThreadPool(2);
    private final AtomicLong samples = new AtomicLong();
    private final AtomicLong overlaps = new AtomicLong();
    private final List<String> waits = new CopyOnWriteArrayList<>();
    private final List<Change> changes = new CopyOnWriteArrayList<>();
    private final Future<?> sampling;
    private final Future<?> looking;
    private volatile @Nullable Thread asking;
    private boolean led;
    private long last = System.nanoTime();

    private Watch(LeaderElection one, LeaderElection other) {
        this.one = one;
        this.other = other;
        this.led = one.isLeader();
        this.sampling = thread.scheduleAtFixedRate(this::sample, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        this.looking = thread.scheduleAtFixedRate(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    static Watch over(Member one, Member other) {
        return new Watch(one.election(), other.election());
    }

    /** Once false a term stays false: true before and after means true all the time between. */
    private void sample() {
        long start = System.nanoTime();
        asking = Thread.currentThread();
        boolean before = one.isLeader();
        boolean otherLeads = other.isLeader();
        boolean after = one.isLeader();
        asking = null;
        long end = System.nanoTime();
        if (before && otherLeads && after) {
            overlaps.incrementAndGet();
        }
        if (after != led) {
            changes.add(new Change(last, end, after));
            led = after;
        }
        last = start;
        samples.incrementAndGet();
    }

    /** An answer that takes long on a busy machine is none that waits: what its thread does tells the difference. */
    private void look() {
        Thread thread = asking;
        if (thread != null) {
            List<StackTraceElement> stack = List.of(thread.getStackTrace());
            boolean inside =
                    stack.stream().anyMatch(frame -> frame.getMethodName().equals("isLeader"));
            if (inside && stack.stream().anyMatch(Watch::waits)) {
                waits.add(stack.toString());
            }
        }
    }

    private static boolean waits(StackTraceElement frame) {
        String place = frame.getClassName() + "." + frame.getMethodName();
        return WAITS.stream().anyMatch(place::contains);
    }

    /** When the first of the two stopped to lead, at the latest sample that still said true. */
    List<Change> changes() {
        return changes;
    }

    /** Two leaders at no time, and no answer that waited for the database. */
    void assertNeverTwo() {
        assertThat(sampling).as("the sampling").isNotDone();
        assertThat(looking).as("the look at its thread").isNotDone();
        assertThat(samples.get()).as("samples while it happened").isPositive();
        await().atMost(Member.SOON)
                .untilAsserted(() -> assertThat(samples.get()).as("samples").isGreaterThan(50));
        assertThat(waits).as("isLeader() that waited").isEmpty();
        refuseTwo();
    }

    private void refuseTwo() {
        if (overlaps.get() > 0) {
            throw new BrokenGuarantee("two leaders in " + overlaps + " samples of " + samples);
        }
    }

    /** Two leaders count too if the test has failed before it came to ask. */
    @Override
    public void close() {
        thread.shutdownNow();
        refuseTwo();
    }
}
