package io.github.leaderlease;

/** Why a term ended. The names are also what {@code leader_term.end_reason} holds. */
public enum LossReason {
    /** The lease was not renewed in time: a crash, a pause, a partition, or a database that did not answer. */
    EXPIRED,
    /** The leader resigned of its own will, or its job came to its end. */
    RESIGNED,
    /** The leader stepped down because it was asked to, through {@code leader_lease.step_down_token}. */
    STEPPED_DOWN,
    /** The leader's election or coordinator was closed. */
    CLOSED,
    /** Another term has taken its place. */
    SUPERSEDED,
    /** The leader's job ended with an exception. */
    JOB_FAILED,
    /** The term's row or its lease's row is gone, such as after a deletion by hand. */
    TERM_MISSING,
    /** The leader's application does not want it to lead any more: suspended, or its condition does not hold. */
    NOT_ELIGIBLE,
    /** The table gives no reason that this version knows. */
    UNKNOWN;

    /**
     * Whether the leader gave the lease up by itself, rather than losing it.
     *
     * @return true for resigning, stepping down, closing, a failed job, and when it was not eligible any more
     */
    public boolean voluntary() {
        return switch (this) {
            case RESIGNED, STEPPED_DOWN, CLOSED, JOB_FAILED, NOT_ELIGIBLE -> true;
            case EXPIRED, SUPERSEDED, TERM_MISSING, UNKNOWN -> false;
        };
    }

    /** Later versions may write reasons that this one does not know. */
    static LossReason parse(String text) {
        for (LossReason reason : values()) {
            if (reason.name().equals(text)) {
                return reason;
            }
        }
        return UNKNOWN;
    }
}
