package io.github.leaderlease.spi;

import java.io.Serial;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store call failed; whether it took effect is unknown unless {@link #failure()} says otherwise. */
public final class LeaseStoreException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** What kind of trouble it was, as far as the database's error code tells. */
    public enum Failure {
        /** The database could not be reached, the connection broke, or the call took longer than its bound. */
        UNAVAILABLE,
        /** Another transaction held what was needed for longer than we wait; nothing was changed. */
        BLOCKED,
        /** The database chose this transaction as the victim of a deadlock or serialization failure. */
        CONFLICT,
        /** The server accepts no writes: a replica, or a primary that was demoted. */
        READ_ONLY,
        /** A table, column or index that the migration creates is missing. */
        SCHEMA,
        /** The database user lacks a right. */
        DENIED,
        /** Anything else. */
        OTHER
    }

    /** The kind of trouble. */
    private final Failure failure;

    /** Who is in the way, for people. */
    private final @Nullable String blockedBy;

    /**
     * Wraps a failure.
     *
     * @param failure its kind
     * @param message what was attempted, what went wrong, and what to do
     * @param cause the driver's exception, or null if there is none
     */
    public LeaseStoreException(Failure failure, String message, @Nullable Throwable cause) {
        this(failure, message, null, cause);
    }

    /**
     * Wraps a failure that others cause.
     *
     * @param failure its kind
     * @param message what was attempted, what went wrong, and what to do
     * @param blockedBy which sessions are in the way, or why that cannot be told; null if nobody is
     * @param cause the driver's exception, or null if there is none
     */
    public LeaseStoreException(Failure failure, String message, @Nullable String blockedBy, @Nullable Throwable cause) {
        super(message, cause);
        this.failure = failure;
        this.blockedBy = blockedBy;
    }

    /**
     * The kind of trouble.
     *
     * @return never null
     */
    public Failure failure() {
        return failure;
    }

    /**
     * Who is in the way.
     *
     * @return which sessions, or why that cannot be told; empty unless the failure is {@link Failure#BLOCKED}
     */
    public Optional<String> blockedBy() {
        return Optional.ofNullable(blockedBy);
    }
}
