package io.github.leaderlease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What one run is like.
 *
 * @param timings one for each node
 * @param elections how many elections all nodes stand for
 * @param faults what may go wrong
 * @param slowChance how often a message is slow, where there is {@link Fault#DELAY}
 * @param latency how long a message takes at most, where all is well
 * @param askAlways whether every node is asked after every event; otherwise only when two could lead, for asking is not
 *     without effect: whoever finds a deadline passed ends the term
 * @param rounds for how many TTLs faults go on
 * @param notifying whether the database tells of changes, more or less
 * @param servers how many servers the database has; if more than one, their incarnations are their names
 */
record Profile(
        List<Timing> timings,
        int elections,
        Set<Fault> faults,
        double slowChance,
        Duration latency,
        boolean askAlways,
        int rounds,
        boolean notifying,
        int servers) {

    private static final long[] TTL_MILLIS = {1000, 2000, 2000, 3000, 3000, 6000, 10_000, 10_000, 17_321};
    private static final long[] LONG_TTL_MILLIS = {30_000, 60_000, 120_000};
    private static final Duration LATENCY = Duration.ofMillis(6);
    private static final int CALM_EVERY = 8;

    /** These seeds, among them calm ones, are about servers that are demoted and promoted again. */
    private static final int SERVERS_EVERY = 4;

    /** Every eighth seed is calm: nothing but crashes and resignations, so that times can be judged strictly. */
    static Profile of(long seed, RandomGenerator random) {
        boolean calm = isCalm(seed);
        Set<Fault> faults = calm ? calmFaults(random) : anyFaults(random);
        int servers = seed / CALM_EVERY % SERVERS_EVERY != 1 ? 1 : calm ? 2 : 2 + random.nextInt(2);
        if (!calm) {
            restrict(faults, servers);
        }
        int nodes = 2 + random.nextInt(4);
        long ttl = ttl(random, calm ? 0.3 : 0.03);
        List<Timing> timings = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            long own = faults.contains(Fault.DIFFERENT_TTLS) ? Math.max(1000, ttl / (1 + random.nextInt(5))) : ttl;
            timings.add(timing(own, random));
        }
        int elections = random.nextInt(3) == 0 ? 2 : 1;
        int rounds = calm && ttl <= 20_000 ? 16 : 8 + random.nextInt(6);
        return new Profile(
                timings,
                elections,
                faults,
                random.nextDouble() * 0.5,
                LATENCY,
                random.nextBoolean(),
                rounds,
                random.nextBoolean(),
                servers);
    }

    static boolean isCalm(long seed) {
        return seed % CALM_EVERY == 0;
    }

    /** The n-th seed that is about several servers and not calm. */
    static long seedWithServers(long n) {
        return (n / (CALM_EVERY - 1) * SERVERS_EVERY + 1) * CALM_EVERY + 1 + n % (CALM_EVERY - 1);
    }

    /** Many candidates in good conditions. */
    static Profile herd(int nodes) {
        List<Timing> timings = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            timings.add(new Timing(Duration.ofSeconds(3), Duration.ofMillis(1500), Duration.ofSeconds(1)));
        }
        return new Profile(timings, 1, EnumSet.of(Fault.CRASH), 0, LATENCY.dividedBy(8), false, 20, false, 1);
    }

    private static long ttl(RandomGenerator random, double chanceOfLong) {
        long[] choice = random.nextDouble() < chanceOfLong ? LONG_TTL_MILLIS : TTL_MILLIS;
        return choice[random.nextInt(choice.length)];
    }

    private static Timing timing(long ttl, RandomGenerator random) {
        long heartbeat = random.nextBoolean() ? ttl / 2 : Math.max(100, ttl / (2 + random.nextInt(3)));
        return new Timing(
                Duration.ofMillis(ttl), Duration.ofMillis(heartbeat), Duration.ofMillis(random.nextLong(ttl / 2)));
    }

    private static Set<Fault> calmFaults(RandomGenerator random) {
        Set<Fault> faults = EnumSet.of(random.nextBoolean() ? Fault.CRASH : Fault.RESIGN);
        if (random.nextBoolean()) {
            faults.add(Fault.DRIFT);
        }
        return faults;
    }

    private static Set<Fault> anyFaults(RandomGenerator random) {
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        for (Fault fault : EnumSet.complementOf(EnumSet.of(Fault.SWITCH_OVER))) {
            if (random.nextDouble() < 0.4) {
                faults.add(fault);
            }
        }
        if (random.nextDouble() < 0.6) {
            faults.remove(Fault.DELETE_LEASE);
        }
        if (random.nextDouble() < 0.9) {
            faults.remove(Fault.DELETE_ALL);
        }
        return faults;
    }

    /** Outside the guarantee: a failover that loses an election's creation, or that meets different TTLs. */
    private static void restrict(Set<Fault> faults, int servers) {
        if (servers > 1) {
            faults.remove(Fault.FAILOVER);
            faults.add(Fault.SWITCH_OVER);
        }
        if (faults.contains(Fault.FAILOVER) || faults.contains(Fault.SWITCH_OVER)) {
            faults.removeAll(Set.of(Fault.DELETE_LEASE, Fault.DELETE_ALL, Fault.DIFFERENT_TTLS));
        }
    }

    boolean has(Fault fault) {
        return faults.contains(fault);
    }

    boolean calm() {
        return EnumSet.of(Fault.CRASH, Fault.RESIGN, Fault.DRIFT).containsAll(faults);
    }

    /** Whether commits may be lost. */
    boolean forgets() {
        return has(Fault.FAILOVER) || has(Fault.SWITCH_OVER);
    }

    /** Tokens grow over the loss of rows unless the database's clock goes back. */
    boolean databaseClockMayGoBack() {
        return !forgets() && !has(Fault.DELETE_ALL);
    }

    Duration longestTtl() {
        return timings.stream().map(Timing::ttl).max(Duration::compareTo).orElseThrow();
    }

    Duration longestPoll() {
        return timings.stream()
                .map(Timing::pollInterval)
                .max(Duration::compareTo)
                .orElseThrow();
    }
}
