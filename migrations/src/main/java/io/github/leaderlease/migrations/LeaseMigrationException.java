package io.github.leaderlease.migrations;

import org.jspecify.annotations.Nullable;

/** Says why the tables could not be created or checked, with the values involved and the remedy. */
public final class LeaseMigrationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LeaseMigrationException(String message) {
        super(message);
    }

    LeaseMigrationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
