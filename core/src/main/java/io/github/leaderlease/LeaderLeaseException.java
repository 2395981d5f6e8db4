package io.github.leaderlease;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The database cannot be used as it is: no dialect for it, the schema is missing or incomplete, a right is missing, or
 * it cannot be reached when an answer is needed. The message says what was found and what to do.
 */
public final class LeaderLeaseException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    LeaderLeaseException(String message) {
        super(message);
    }

    LeaderLeaseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
