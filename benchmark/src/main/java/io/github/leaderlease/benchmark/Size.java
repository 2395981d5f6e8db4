package io.github.leaderlease.benchmark;

/** How thorough a run is. */
public enum Size {
    /** Whether everything works; no figure means anything. */
    TINY,
    /** A first impression in a few minutes. */
    QUICK,
    /** What is published. */
    FULL;

    /** The choice for this size. */
    public int pick(int tiny, int quick, int full) {
        return switch (this) {
            case TINY -> tiny;
            case QUICK -> quick;
            case FULL -> full;
        };
    }
}
