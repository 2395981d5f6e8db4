package io.github.leaderlease;

import io.github.leaderlease.Notification.Released;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What others say has changed. Anybody may say anything, and as often as they like: a hint is worth a look if it names an
 * election of this process, or an attempt that looks; and all hints together are worth a few of them a second.
 */
final class PendingNotifications {

    static final int MOST_LOOKS = 5;
    private static final long WITHIN_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long MOMENT_NANOS = 5_000_000;
    private static final long[] PAUSE_NANOS = {0, 10_000_000, 50_000_000, 200_000_000};

    private final Set<String> elections = new LinkedHashSet<>();

    private final Set<String> named = new LinkedHashSet<>();

    /** Of these an heir was named. He is in a hurry, and all others are not. */
    private final Map<String, Released> toHeirs = new LinkedHashMap<>();

    private long toHeirsTakenAt;

    private final long[] looks = new long[MOST_LOOKS];
    private int oldest;

    PendingNotifications(long now) {
        Arrays.fill(looks, now - WITHIN_NANOS);
        toHeirsTakenAt = now - MOMENT_NANOS;
    }

    synchronized void follow(String election) {
        elections.add(election);
    }

    synchronized void forget(String election) {
        elections.remove(election);
        named.remove(election);
        toHeirs.remove(election);
    }

    /** There is something to see. */
    synchronized void changed(String election) {
        named.add(election);
    }

    /** Any thread. Whether this is news, so that a look is due, or an attempt. */
    synchronized boolean add(Collection<String> payloads) {
        boolean news = false;
        for (String text : payloads) {
            Notification notification = Notification.parse(text);
            String name = notification.election();
            if (elections.contains(name)) {
                Released released = notification.released();
                boolean toAnHeir = released != null && released.heir() != null;
                news |= toAnHeir ? toHeirs.put(name, released) == null : named.add(name);
            }
        }
        return news;
    }

    synchronized boolean isEmpty() {
        return named.isEmpty();
    }

    /**
     * When the next look may be taken because of hints. The first of a second follow each other at once, the others after
     * pauses that grow, for what comes in bursts (many elections are released together) is better seen in one look.
     */
    synchronized long allowedAt() {
        long last = looks[(oldest + MOST_LOOKS - 1) % MOST_LOOKS];
        int recent = 0;
        for (long look : looks) {
            recent += last - look < WITHIN_NANOS ? 1 : 0;
        }
        return Monotonic.later(
                looks[oldest] + WITHIN_NANOS, last + PAUSE_NANOS[Math.min(recent, PAUSE_NANOS.length) - 1]);
    }

    /** All that were named since the last time. */
    synchronized Set<String> take() {
        Set<String> taken = Set.copyOf(named);
        named.clear();
        return taken;
    }

    /** All that were released to an heir since the last time, not more often than in each moment. */
    synchronized Map<String, Released> takeReleased(long now) {
        if (toHeirs.isEmpty() || now - toHeirsTakenAt < MOMENT_NANOS) {
            return Map.of();
        }
        toHeirsTakenAt = now;
        Map<String, Released> taken = Map.copyOf(toHeirs);
        toHeirs.clear();
        return taken;
    }

    /** When to take them, at the latest then. */
    synchronized long releasedAt(long latest) {
        return toHeirs.isEmpty() ? latest : Monotonic.earlier(latest, toHeirsTakenAt + MOMENT_NANOS);
    }

    /** A look is being taken because of hints. */
    synchronized void looked(long now) {
        looks[oldest] = now;
        oldest = (oldest + 1) % MOST_LOOKS;
    }
}
