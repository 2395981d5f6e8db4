package io.github.leaderlease.demo;

import io.github.leaderlease.LeaderLeaseException;
import io.github.leaderlease.LeaseCoordinator;
import java.time.Duration;
import java.util.Locale;

/**
 * What is played.
 *
 * @param rounds how often the leader is killed
 */
record DemoSettings(int nodes, int rounds, Duration ttl, Duration heartbeat) {

    private static final int MIN_NODES = 2;
    private static final int MAX_NODES = 9;
    private static final int MAX_ROUNDS = 1000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * Checks all values, the durations by the library itself.
     *
     * @throws IllegalArgumentException saying the value and the remedy
     */
    DemoSettings {
        if (nodes < MIN_NODES || nodes > MAX_NODES) {
            throw new IllegalArgumentException("--nodes " + nodes + " is out of range: use " + MIN_NODES + " to "
                    + MAX_NODES + " (each is a process of its own)");
        }
        if (rounds < 1 || rounds > MAX_ROUNDS) {
            throw new IllegalArgumentException("--rounds " + rounds + " is out of range: use 1 to " + MAX_ROUNDS
                    + " (the leader is killed once in each)");
        }
        checkTiming(ttl, heartbeat);
    }

    /** The library checks the durations before it connects, so a URL that leads nowhere is enough. */
    private static void checkTiming(Duration ttl, Duration heartbeat) {
        try {
            LeaseCoordinator.builder("jdbc:none:", null, null)
                    .ttl(ttl)
                    .heartbeat(heartbeat)
                    .closeOnShutdown(false)
                    .failFast(true)
                    .build()
                    .close();
        } catch (LeaderLeaseException noDatabase) {
            // as wanted: it comes after the durations were found good
        }
    }

    NodeSettings node(String name, DemoTables tables) {
        return new NodeSettings(name, tables.address(), tables.prefix(), ttl, heartbeat);
    }

    /** Far longer than anything should take, also on a machine that is busy with other things. */
    Duration patience() {
        return ttl.multipliedBy(3).plus(PATIENCE);
    }

    static String show(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? duration.toSeconds() + " s"
                : String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }
}
