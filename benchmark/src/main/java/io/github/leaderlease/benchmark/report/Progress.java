package io.github.leaderlease.benchmark.report;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Tells how far the run is, and how long it may still take. */
public final class Progress {

    private static final double MIN_SHARE = 0.02;

    private final PrintStream out;
    private final Duration expected;
    private final long begun = System.nanoTime();
    private Duration behind = Duration.ZERO;
    private Duration part = Duration.ZERO;
    private String name = "";

    /**
     * Begins now.
     *
     * @param out where to tell it
     * @param expected how long the whole run takes on the machine of its authors
     */
    public Progress(PrintStream out, Duration expected) {
        this.out = out;
        this.expected = expected;
    }

    /** Begins the next part. */
    public void begin(String nextName, Duration nextPart) {
        behind = behind.plus(part);
        part = nextPart;
        name = nextName;
        tell(0, "begins");
    }

    /** Tells that a share of the part, 0 to 1, is done. */
    public void tell(double share, String what) {
        double done = (behind.toMillis() + share * part.toMillis()) / Math.max(1, expected.toMillis());
        double seconds = (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
        double left = done < MIN_SHARE ? expected.toSeconds() : seconds / done * (1 - done);
        out.printf(
                Locale.ROOT,
                "[%3.0f %%, about %d:%02d left] %s: %s%n",
                100 * done,
                (long) left / 60,
                (long) left % 60,
                name,
                what);
    }
}
