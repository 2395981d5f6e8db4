package io.github.leaderlease;

import java.util.function.Supplier;

/**
 * Goes off at one call of a run. Loaded anew with the classes that carry its calls, so its state belongs to one run at a
 * time.
 */
public final class Bomb {

    /** The calls that were made by the place in the code that made them: the first, one later, and the last. */
    static long[][] ordinals = new long[0][];

    private static final int FIRST = 0;
    private static final int LATER = 1;
    private static final int LAST = 2;

    private static long calls;
    private static long explodesAt;
    private static boolean ticking;
    private static Thread runsOn = Thread.currentThread();
    private static boolean recording;
    private static volatile boolean exploded;

    /** In runs of several threads calls have no order: there a place goes off, whoever comes by. */
    private static volatile int minedPlace = -1;

    private static boolean[] passed = new boolean[0];
    private static Supplier<Throwable> what = IllegalStateException::new;

    private Bomb() {}

    /** Notes where the calls of the next run are. */
    static void record(int places) {
        ordinals = new long[places][3];
        recording = true;
        arm(0, IllegalStateException::new);
    }

    /** Goes off at that call of the next run. */
    static void arm(long call, Supplier<Throwable> with) {
        calls = 0;
        explodesAt = call;
        what = with;
        exploded = false;
        runsOn = Thread.currentThread();
        ticking = true;
    }

    /** Notes which places the next run of several threads comes by. */
    static boolean[] watch(int places) {
        ticking = false;
        minedPlace = -1;
        passed = new boolean[places];
        return passed;
    }

    /** Goes off once, at the first call from there. */
    static void mine(int place, Supplier<Throwable> with) {
        passed = new boolean[0];
        what = with;
        exploded = false;
        minedPlace = place;
    }

    static void stopRecording() {
        recording = false;
    }

    /** What a test asks is no part of the run. */
    static void pause(boolean now) {
        ticking = !now;
    }

    static boolean exploded() {
        return exploded;
    }

    /**
     * Called before each call that changed classes make.
     *
     * @param place which of them
     */
    public static void call(int place) {
        if (place < passed.length) {
            passed[place] = true;
        }
        if (place == minedPlace) {
            minedPlace = -1;
            exploded = true;
            Bomb.<RuntimeException>sneak(what.get());
        }
        if (!ticking || Thread.currentThread() != runsOn) { // the log is written elsewhere
            return;
        }
        calls++;
        if (recording) {
            note(ordinals[place]);
        } else if (calls == explodesAt) {
            exploded = true;
            Bomb.<RuntimeException>sneak(what.get());
        }
    }

    private static void note(long[] seen) {
        if (seen[FIRST] == 0) {
            seen[FIRST] = calls;
        } else if (seen[LATER] == 0 || Long.bitCount(calls) % 5 == 0) {
            seen[LATER] = calls;
        }
        seen[LAST] = calls;
    }

    @SuppressWarnings("unchecked") // thrown as it is, declared or not
    private static <X extends Throwable> void sneak(Throwable thrown) throws X {
        throw (X) thrown;
    }
}
