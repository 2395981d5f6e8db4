package io.github.leaderlease;

import java.time.Duration;

/**
 * How many elections one call is about. As many as are done in a small part of its bound, so that the call comes to its end
 * also where the database is slow; fewer after a call that did not.
 */
final class Portion {

    /** Done within milliseconds by any database that is well. */
    private static final int FIRST = 500;

    /** So few are no burden: what fails nevertheless has other reasons. */
    private static final int LEAST = 10;

    private final int most;
    private int size;

    /** Up to all of them, where the database can do so many in one statement. */
    Portion() {
        this.most = Integer.MAX_VALUE / 4;
        this.size = FIRST;
    }

    Portion(int most) {
        this.most = most;
        this.size = most;
    }

    int size() {
        return size;
    }

    /** A call about so many was answered. */
    void answered(int elections, Duration bound, long tookNanos) {
        if (tookNanos > bound.toNanos() / 4) {
            size = Math.max(LEAST, Math.min(size, elections / 2));
        } else if (tookNanos < bound.toNanos() / 8 && elections >= size) {
            size = Math.min(most, 2 * size);
        }
    }

    /** It failed: what fails at once would not have been done sooner if it had been less. */
    void failed(int elections, Duration bound, long tookNanos) {
        if (tookNanos > bound.toNanos() / 2) {
            size = Math.max(LEAST, Math.min(size, elections / 4));
        }
    }
}
