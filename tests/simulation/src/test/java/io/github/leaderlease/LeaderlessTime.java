package io.github.leaderlease;

import java.time.Duration;
import java.util.List;

/** Measures for how long nobody leads an election although somebody could, and judges it. */
final class LeaderlessTime {

    private static final Duration GRACE = Duration.ofMillis(1500);
    private static final Duration HANDOVER_GRACE = Duration.ofMillis(500);
    /** The longest pause between reads that fail. */
    private static final Duration BACKOFF = Duration.ofSeconds(2);

    private final World world;
    /** Clocks may be wrong by 5 %, so a wait may take this much longer in true time. */
    private final double slowest;

    private final long wait;
    private final long poll;
    private long touchedAt;
    private long vacatedAt = -1;
    private long attemptedAt;
    private long longestExcess;

    LeaderlessTime(World world) {
        this.world = world;
        this.slowest = world.profile().has(Fault.DRIFT) ? 0.95 : 1;
        this.wait = (long) (world.fraction(1.02).toNanos() / slowest);
        this.poll = (long) (world.profile().longestPoll().toNanos() / slowest);
    }

    void touched() {
        touchedAt = world.time().nanos();
        vacatedAt = -1;
    }

    void vacated() {
        vacatedAt = world.time().nanos();
    }

    void attempted() {
        attemptedAt = world.time().nanos();
    }

    /** Whether somebody tried to acquire within the last two TTLs. */
    boolean attemptedLately() {
        return world.time().nanos() - attemptedAt < world.fraction(2).toNanos();
    }

    long longestExcess() {
        return longestExcess;
    }

    void check(List<SimulatedProcess> processes, int election) {
        if (!world.profile().calm() && !world.isQuiet()) {
            return;
        }
        boolean led = false;
        long since = Long.MAX_VALUE;
        for (SimulatedProcess process : processes) {
            Member member = process.member(election);
            led |= member.leadsInTime();
            since = Math.min(since, leadsAtTheLatest(member));
        }
        if (!led && since != Long.MAX_VALUE) {
            judge(since, world.elections().get(election));
        }
    }

    /** When this candidate should have taken over, by the guarantee without its grace; never if it does not stand. */
    private long leadsAtTheLatest(Member member) {
        long standing = member.standingSince();
        if (standing == Long.MAX_VALUE) {
            return Long.MAX_VALUE;
        }
        if (handover()) {
            long watching = world.servers().several() ? member.process().startedAt() + wait : 0;
            long paced = Math.max(watching, member.mayTakeAt());
            return Math.max(Math.max(vacatedAt, standing), paced) + poll;
        }
        long from = Math.max(Math.max(touchedAt, vacatedAt), member.process().startedAt());
        if (!world.profile().calm()) {
            from = Math.max(from, world.lastTrouble());
        }
        return Math.max(from + wait, standing);
    }

    private boolean handover() {
        return world.profile().calm() && vacatedAt >= 0;
    }

    private void judge(long due, String election) {
        long grace = handover() ? HANDOVER_GRACE.toNanos() : GRACE.toNanos();
        if (!world.profile().calm()) {
            // the last call before the trouble ended may hang until its bound, and the next wait for the backoff
            grace += (long) ((BACKOFF.toNanos() + world.fraction(0.2).toNanos()) / slowest);
        }
        long excess = world.time().nanos() - due;
        longestExcess = Math.max(longestExcess, excess);
        if (excess > grace) {
            world.checker()
                    .fail("nobody leads " + election + " although somebody should since " + excess / 1_000_000
                            + " ms, allowed are " + grace / 1_000_000 + " ms" + (handover() ? " at a handover" : ""));
        }
    }
}
