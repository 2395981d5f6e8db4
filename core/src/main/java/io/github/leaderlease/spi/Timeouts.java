package io.github.leaderlease.spi;

import java.time.Duration;

/**
 * How long things may take on one of our connections.
 *
 * @param call one call; what takes longer has failed
 * @param rowWait waiting for another transaction's end within a call
 * @param idleInTransaction a transaction of ours standing idle, so that a process that freezes in the middle of one
 *     does not hold up the others
 */
public record Timeouts(Duration call, Duration rowWait, Duration idleInTransaction) {

    private static final Duration MAX_ROW_WAIT = Duration.ofMillis(300);

    /**
     * Bounds that the server meets before the caller gives up: then it says what is wrong, and the connection is as
     * good as before. Other calls want to use the connection too, so rows are waited for half that time and 300 ms at
     * most.
     *
     * @param left how long the caller waits
     * @return a little less
     */
    public static Timeouts within(Duration left) {
        long whole = Math.max(2, left.toMillis());
        long call = Math.max(whole / 2, whole - Math.max(50, whole / 10));
        Duration most = Duration.ofMillis(call);
        Duration half = Duration.ofMillis(whole / 2);
        return new Timeouts(most, half.compareTo(MAX_ROW_WAIT) < 0 ? half : MAX_ROW_WAIT, most);
    }
}
