package io.github.leaderlease;

import io.github.leaderlease.spi.TermKey;
import org.jspecify.annotations.Nullable;

/**
 * One word on the wire: an election has changed. Anybody who may connect to the database can say such a thing, so nothing is
 * believed: it is a reason to read, or to attempt what a compare-and-set decides.
 *
 * @param election its name, which has no space in it
 * @param released its term whose lease was released just now; null if something else has changed
 */
record Notification(String election, @Nullable Released released) {

    private static final String NOBODY = "-";

    /**
     * A release.
     *
     * @param token the term's fencing token
     * @param reason why it ended, as was said; an heir who has not read it repeats that to his listeners
     * @param heir the process that shall lead next; null if none was named
     */
    record Released(long token, LossReason reason, @Nullable String heir) {}

    static Notification released(TermKey term, LossReason reason, @Nullable String heir) {
        return new Notification(term.election(), new Released(term.token(), reason, heir));
    }

    static Notification parse(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length != 4 || !parts[1].matches("[0-9]{1,18}")) {
            return new Notification(text, null);
        }
        LossReason reason = LossReason.parse(parts[2]);
        Released released = new Released(
                Long.parseLong(parts[1]),
                reason.voluntary() ? reason : LossReason.UNKNOWN,
                parts[3].equals(NOBODY) ? null : parts[3]);
        return new Notification(parts[0], released);
    }

    /** What is sent. */
    String text() {
        return released == null
                ? election
                : election + " " + released.token + " " + released.reason + " "
                        + (released.heir == null ? NOBODY : released.heir);
    }
}
