package io.github.leaderlease;

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
    private static final long[] PAUSE_NANOS = {0, 10_000_000, 50_000_000, 200_000_000};

    private final Set<String> elections = new LinkedHashSet<>();

    /** Whether nothing else was said of it than that its lease was released. */
    private final Map<String, Boolean> named = new LinkedHashMap<>();

    private final long[] looks = new long[MOST_LOOKS];
    private int oldest;

    PendingNotifications(long now) {
        Arrays.fill(looks, now - WITHIN_NANOS);
    }

    synchronized void follow(String election) {
        elections.add(election);
    }

    synchronized void forget(String election) {
        elections.remove(election);
        named.remove(election);
    }

    /** Any thread. Whether this is news, so that a look is due, or an attempt. */
    synchronized boolean add(Collection<String> payloads) {
        boolean news = false;
        for (String text : payloads) {
            Notification notification = Notification.parse(text);
            String name = notification.election();
            if (elections.contains(name)) {
                news |= !named.containsKey(name);
                named.merge(name, notification.released(), Boolean::logicalAnd);
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

    /** All that were named since the last time; true for those of which nothing but a release was said. */
    synchronized Map<String, Boolean> take() {
        Map<String, Boolean> taken = Map.copyOf(named);
        named.clear();
        return taken;
    }

    /** A look is being taken because of hints. */
    synchronized void looked(long now) {
        looks[oldest] = now;
        oldest = (oldest + 1) % MOST_LOOKS;
    }
}
