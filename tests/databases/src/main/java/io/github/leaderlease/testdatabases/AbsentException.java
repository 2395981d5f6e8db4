package io.github.leaderlease.testdatabases;

/** Says that a server cannot be had on this machine, why, and what would change that. Not a failure of the server. */
final class AbsentException extends Exception {
    private static final long serialVersionUID = 1L;

    AbsentException(String reason) {
        super(reason);
    }

    AbsentException(String reason, Throwable cause) {
        super(reason, cause);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
