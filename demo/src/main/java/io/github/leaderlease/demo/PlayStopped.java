package io.github.leaderlease.demo;

import java.io.Serial;

/** The play cannot go on; the message says why, in a plain sentence. */
final class PlayStopped extends RuntimeException {

    static final int FAILED = 1;

    /** What a shell reports of a process that Ctrl-C has ended. */
    static final int INTERRUPTED = 130;

    @Serial
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    PlayStopped(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
