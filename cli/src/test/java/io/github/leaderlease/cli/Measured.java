package io.github.leaderlease.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Times that were measured, for the record. How often is a property, so that a build stays short. */
final class Measured {

    private final String what;
    private final List<Long> millis = new ArrayList<>();

    Measured(String what) {
        this.what = what;
    }

    /** How often each measurement is repeated: {@code -Dleaderlease.cli.rounds=20}. */
    static int rounds() {
        return Integer.getInteger("leaderlease.cli.rounds", 2);
    }

    long add(long nanos) {
        long time = TimeUnit.NANOSECONDS.toMillis(nanos);
        millis.add(time);
        return time;
    }

    void print() {
        Collections.sort(millis);
        System.out.printf(
                "[measured] %s: min %d, median %d, max %d ms (%d times)%n",
                what, millis.get(0), millis.get(millis.size() / 2), millis.get(millis.size() - 1), millis.size());
    }
}
