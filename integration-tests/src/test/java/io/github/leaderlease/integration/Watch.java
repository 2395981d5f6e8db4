package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.LeaderElection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Asks two candidates every few milliseconds whether they lead: never both, and never after a wait. */
final class Watch implements AutoCloseable {

    private static final long PERIOD_MILLIS = 3;

    /** A moment at which a candidate's answer changed, between two samples. */
    record Change(long before, long at, boolean leads) {}

    private final LeaderElection one;
    private final LeaderElection other;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong samples = new AtomicLong();
    private final AtomicLong overlaps = new AtomicLong();
    private final AtomicLong slowest = new AtomicLong();
    private final List<Change> changes = new CopyOnWriteArrayList<>();
    private final Future<?> sampling;
    private boolean led;
    private long last = System.nanoTime();

    private Watch(LeaderElection one, LeaderElection other) {
        this.one = one;
        this.other = other;
        this.led = one.isLeader();
        this.sampling = thread.scheduleAtFixedRate(this::sample, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    static Watch over(Member one, Member other) {
        return new Watch(one.election(), other.election());
    }

    /** Once false a term stays false: true before and after means true all the time between. */
    private void sample() {
        long start = System.nanoTime();
        boolean before = one.isLeader();
        boolean otherLeads = other.isLeader();
        boolean after = one.isLeader();
        long end = System.nanoTime();
        if (before && otherLeads && after) {
            overlaps.incrementAndGet();
        }
        slowest.accumulateAndGet(end - start, Math::max);
        if (after != led) {
            changes.add(new Change(last, end, after));
            led = after;
        }
        last = start;
        samples.incrementAndGet();
    }

    /** When the first of the two stopped to lead, at the latest sample that still said true. */
    List<Change> changes() {
        return changes;
    }

    /** Two leaders at no time, and no answer that waited for the database. */
    void assertNeverTwo(Duration attempt) {
        assertThat(sampling).as("the sampling").isNotDone();
        assertThat(samples.get()).as("samples while it happened").isPositive();
        await().atMost(Member.SOON)
                .untilAsserted(() -> assertThat(samples.get()).as("samples").isGreaterThan(50));
        assertThat(overlaps.get()).as("samples with two leaders").isZero();
        assertThat(Duration.ofNanos(slowest.get())).as("slowest isLeader()").isLessThan(attempt);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
