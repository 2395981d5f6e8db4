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
        UNAVAILABLE(true, false, true),
        /** Another transaction held what was needed for longer than we wait; nothing was changed. */
        BLOCKED(true, true, false),
        /** The database chose this transaction as the victim of a deadlock or serialization failure. */
        CONFLICT(true, true, false),
        /** The server accepts no writes: a replica, or a primary that was demoted. */
        READ_ONLY(false, false, true),
        /** A table, column or index that the migration creates is missing. */
        SCHEMA(false, true, true),
        /** The database user lacks a right. */
        DENIED(false, true, false),
        /** Anything else. */
        OTHER(false, false, false);

        private final boolean mayPass;
        private final boolean leavesConnectionUsable;
        private final boolean concernsAllElections;

        Failure(boolean mayPass, boolean leavesConnectionUsable, boolean concernsAllElections) {
            this.mayPass = mayPass;
            this.leavesConnectionUsable = leavesConnectionUsable;
            this.concernsAllElections = concernsAllElections;
        }

        /**
         * What a failed call has met.
         *
         * @param cause anything
         * @return {@link #OTHER} unless it is a {@link LeaseStoreException} that says more
         */
        public static Failure of(@Nullable Throwable cause) {
            return cause instanceof LeaseStoreException known ? known.failure() : OTHER;
        }

        /**
         * Whether such trouble may pass by itself.
         *
         * @return false if somebody has to do something about it
         */
        public boolean mayPass() {
            return mayPass;
        }

        /**
         * Whether the connection is as good as before.
         *
         * @return false if it has to be replaced
         */
        public boolean leavesConnectionUsable() {
            return leavesConnectionUsable;
        }

        /**
         * Whether it concerns more than the election that it was met with.
         *
         * @return true if others meet it as well
         */
        public boolean concernsAllElections() {
            return concernsAllElections;
        }
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
