package io.github.leaderlease.spi;

/** The answer to a renewal. */
public enum RenewResult {
    /** The lease was renewed. */
    RENEWED,
    /** The lease was renewed, and somebody asks the holder of this very term to step down. */
    STEP_DOWN_REQUESTED,
    /** Not renewed: the row belongs to another term or holder now, or was vacated. */
    SUPERSEDED,
    /** Not renewed: there is no such row any more. */
    MISSING
}
