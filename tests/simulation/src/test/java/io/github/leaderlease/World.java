package io.github.leaderlease;

import io.github.leaderlease.spi.TermKey;
import io.github.leaderlease.testkit.InMemoryDatabase;
import io.github.leaderlease.testkit.VirtualScheduler;
import io.github.leaderlease.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Everything in one simulated run: a database, nodes, what connects them, and the one source of chance. */
final class World {

    private static final long START_MILLIS = 1_700_000_000_000L;

    private final SplittableRandom random;
    private final Profile profile;
    private final VirtualTime time;
    private final Trace trace;
    private final Servers servers;
    private final Checker checker;
    private final List<String> elections;
    private final List<Host> slots = new ArrayList<>();
    private final List<InMemoryDatabase.Snapshot> snapshots = new ArrayList<>();
    private final double longestTtl;
    private boolean quiet;
    private long databaseDownUntil;
    private long lastTrouble;
    private final List<String> names = new ArrayList<>();
    private int processes;
    private int incarnations = 1;

    World(Profile profile, SplittableRandom random, int traceLines) {
        this.profile = profile;
        this.random = random;
        this.longestTtl = profile.longestTtl().toNanos();
        this.time = new VirtualTime(random.split());
        this.trace = new Trace(time, traceLines);
        this.servers = new Servers(
                this, profile.servers(), () -> Instant.ofEpochMilli(START_MILLIS + time.nanos() / 1_000_000));
        this.elections =
                IntStream.range(0, profile.elections()).mapToObj(i -> "e" + i).toList();
        this.checker = new Checker(this);
        for (Timing timing : profile.timings()) {
            VirtualScheduler.Clock stops =
                    random.nextBoolean() ? VirtualScheduler.Clock.MONOTONIC : VirtualScheduler.Clock.WALL;
            slots.add(new Host(slots.size(), timing, stops, random.nextBoolean()));
        }
    }

    void start(Host slot) {
        VirtualScheduler node = time.node(
                new VirtualScheduler.Clocks(nanoOrigin(), rate(), START_MILLIS + random.nextLong(10_000_000), rate()));
        SimulatedProcess process = new SimulatedProcess(this, slot, "n" + slot.number + "." + ++processes, node);
        slot.process = process;
        names.add(process.name());
        trace.log(process.name(), () -> "starts, " + slot.timing);
        process.start();
        if (profile.notifying()) {
            process.listening(true);
        }
    }

    /** Any value is allowed, also one that is about to overflow. */
    private long nanoOrigin() {
        return switch (random.nextInt(4)) {
            case 0 -> Long.MAX_VALUE - random.nextLong((long) (longestTtl * 10));
            case 1 -> -random.nextLong((long) (longestTtl * 10));
            default -> random.nextLong(1_000_000_000_000_000L);
        };
    }

    private double rate() {
        return profile.has(Fault.DRIFT) ? 0.95 + random.nextDouble() * 0.1 : 1;
    }

    void kill(Host slot) {
        SimulatedProcess process = slot.process;
        if (process != null) {
            trace.log(process.name(), () -> "is killed");
            process.time().kill();
            slot.process = null;
        }
    }

    /** Whoever listens may hear of it, now or late or twice; where all is well, soon. */
    void announced(List<String> elections) {
        if (!profile.notifying()) {
            return;
        }
        for (SimulatedProcess process : processes()) {
            boolean lost = faulty(Fault.LOSS) && random(0.3);
            long most = faulty(Fault.DELAY)
                    ? fraction(0.5).toNanos()
                    : profile.latency().toNanos();
            if (!lost) {
                time.after(Duration.ofNanos(random.nextLong(most)), () -> process.hear(elections));
            }
            if (faulty(Fault.DUPLICATE)) {
                time.after(Duration.ofNanos(random.nextLong(most)), () -> process.hear(elections));
            }
        }
    }

    /** The name of a process, alive or dead. */
    String anyName() {
        return names.get(random.nextInt(names.size()));
    }

    /** Somebody says that the newest term of an election was released and names an heir, true or not. */
    String forgedRelease(String election, String heir) {
        long token = checker.highestToken(election) - (random(0.2) ? 1 : 0);
        return Notification.released(new TermKey(election, token, "forged"), LossReason.RESIGNED, heir)
                .text();
    }

    Servers servers() {
        return servers;
    }

    /** Something that will happen; long delays count as trouble until then. */
    void after(Duration delay, Runnable action) {
        remember(delay);
        time.after(delay, action);
    }

    void remember(Duration delay) {
        if (delay.toMillis() > 20) {
            lastTrouble = Math.max(lastTrouble, time.nanos() + delay.toNanos());
        }
    }

    /** Something has happened now that lets all followers begin to wait anew. */
    void troubleNow() {
        lastTrouble = Math.max(lastTrouble, time.nanos());
    }

    /** When the last late message or slow listener has come to its end. */
    long lastTrouble() {
        return lastTrouble;
    }

    void takeSnapshot() {
        boolean allCreated = elections.stream().allMatch(election -> checker.highestToken(election) > 0);
        if (profile.forgets() && allCreated) {
            snapshots.add(database().snapshot());
        }
    }

    /** Rather a young snapshot than an old one; what came later is lost for good. Null while some election is too young. */
    InMemoryDatabase.@Nullable Snapshot loseTheLatest() {
        int lost = random.nextInt(1 + random.nextInt(8));
        for (int i = 0; i < lost && snapshots.size() > 1; i++) {
            snapshots.remove(snapshots.size() - 1);
        }
        return snapshots.isEmpty() ? null : snapshots.get(snapshots.size() - 1);
    }

    String nextIncarnation() {
        return "life " + ++incarnations;
    }

    void databaseDownFor(Duration duration) {
        databaseDownUntil = Math.max(databaseDownUntil, time.nanos() + duration.toNanos());
        remember(duration);
    }

    boolean databaseDown() {
        return time.nanos() < databaseDownUntil;
    }

    void quiet() {
        quiet = true;
    }

    boolean isQuiet() {
        return quiet;
    }

    boolean faulty(Fault fault) {
        return !quiet && profile.has(fault);
    }

    boolean random(double of) {
        return random.nextDouble() < of;
    }

    /** So many of the longest TTL. */
    Duration fraction(double ttls) {
        return Duration.ofNanos((long) (longestTtl * ttls));
    }

    List<SimulatedProcess> processes() {
        List<SimulatedProcess> live = new ArrayList<>(slots.size());
        for (Host slot : slots) {
            if (slot.process != null) {
                live.add(slot.process);
            }
        }
        return live;
    }

    RandomGenerator random() {
        return random;
    }

    Profile profile() {
        return profile;
    }

    VirtualTime time() {
        return time;
    }

    Trace trace() {
        return trace;
    }

    InMemoryDatabase database() {
        return servers.primary();
    }

    Checker checker() {
        return checker;
    }

    List<String> elections() {
        return elections;
    }

    List<Host> slots() {
        return slots;
    }
}
