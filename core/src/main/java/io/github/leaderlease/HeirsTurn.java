package io.github.leaderlease;

import org.jspecify.annotations.Nullable;

/**
 * A vacant lease is left to its heir for a moment.
 *
 * @param token the term that was released
 * @param until from when on this candidate may attempt; for the heir himself, at once
 */
record HeirsTurn(long token, long until) {

    static boolean isOf(@Nullable HeirsTurn known, long token) {
        return known != null && known.token == token;
    }

    /** What is left of it for a candidate that has been notified of the release, else all of it. */
    static long left(@Nullable HeirsTurn known, long token, long now, long whole) {
        return known != null && known.token == token ? Math.max(0, known.until - now) : whole;
    }
}
