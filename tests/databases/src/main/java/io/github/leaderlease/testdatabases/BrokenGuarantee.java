package io.github.leaderlease.testdatabases;

import java.util.Arrays;

/** Something that may not happen on any machine, however busy, such as two leaders at one time. */
public final class BrokenGuarantee extends AssertionError {

    private static final long serialVersionUID = 1L;

    /** Says what happened. */
    public BrokenGuarantee(String what) {
        super(what);
    }

    /** Whether a failure is one, or hides one. */
    static boolean isIn(Throwable failure) {
        return failure instanceof BrokenGuarantee
                || Arrays.stream(failure.getSuppressed()).anyMatch(BrokenGuarantee::isIn)
                || (failure.getCause() != null && isIn(failure.getCause()));
    }
}
