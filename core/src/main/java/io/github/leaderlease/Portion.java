package io.github.leaderlease;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How many elections one call is about: so many that it comes to its end within its bound also where the database is slow.
 * It grows while calls are quick and shrinks when they are slow, as a congestion window does; unless calls about fewer are as
 * slow, for then it is not the elections that take the time.
 */
final class Portion {

    /** Done within milliseconds by any database that is well. */
    private static final int FIRST = 500;

    /** So few are no burden: what fails nevertheless has other reasons. */
    private static final int LEAST = 100;

    private final int most;
    private int size;

    /** The last call that was slow, and what it was about; 0 if none was since the last quick one. */
    private int slowSize;

    private long slowNanos;

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

    /** A call about so many that is to be sent. */
    Call call(int elections, Duration bound, LongSupplier clock) {
        return new Call(elections, bound.toNanos(), clock);
    }

    /** Measures one call, from when a connection was free for it. */
    final class Call {
        private final int elections;
        private final long bound;
        private final LongSupplier clock;
        private volatile long begunAt;

        private Call(int elections, long bound, LongSupplier clock) {
            this.elections = elections;
            this.bound = bound;
            this.clock = clock;
            this.begunAt = clock.getAsLong();
        }

        /** Any thread: it has its turn. */
        void begins() {
            begunAt = clock.getAsLong();
        }

        void answered() {
            if (tellsSomething()) {
                Portion.this.answered(elections, bound, clock.getAsLong() - begunAt);
            }
        }

        /** What fails at once would not have been done sooner if it had been less. */
        void failed() {
            if (tellsSomething() && clock.getAsLong() - begunAt > bound / 2) {
                size = atLeast(elections / 4);
                slowSize = 0;
            }
        }

        /** Few elections say nothing about many. */
        private boolean tellsSomething() {
            return elections >= size / 2;
        }
    }

    private void answered(int elections, long bound, long took) {
        if (took > bound / 2) {
            slow(elections, bound, took);
            return;
        }
        if (elections >= size) {
            grow(took < bound / 6 ? size : size / 4);
        }
        if (took < bound / 6) {
            slowSize = 0;
        }
    }

    private void slow(int elections, long bound, long took) {
        boolean wasMore = slowSize > elections;
        if (wasMore && took > slowNanos / 4 * 3) {
            size = Math.min(most, slowSize); // less was no better
        } else if (wasMore || slowSize == 0 || took > slowNanos / 2 * 3) {
            slowSize = elections;
            slowNanos = took;
            size = atLeast(elections / 2);
        } else if (elections >= size && took < slowNanos / 10 * 11 && took < bound / 10 * 7) {
            grow(size / 4); // more is no worse, and if it were there is room for it
        }
    }

    private void grow(int more) {
        size = Math.min(most, size + more);
    }

    private int atLeast(int some) {
        return Math.max(Math.min(LEAST, most), some);
    }
}
