package io.github.leaderlease;

/** Readings of a monotonic clock may overflow; only differences mean anything. */
final class Monotonic {

    private Monotonic() {}

    static long earlier(long a, long b) {
        return a - b <= 0 ? a : b;
    }

    static long later(long a, long b) {
        return a - b >= 0 ? a : b;
    }
}
