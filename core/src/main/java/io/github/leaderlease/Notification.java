package io.github.leaderlease;

/**
 * One word on the wire: an election has changed.
 *
 * @param election its name, which has no space in it
 * @param released whether its lease was released
 */
record Notification(String election, boolean released) {

    private static final String RELEASED = " released";

    static Notification parse(String text) {
        return text.endsWith(RELEASED)
                ? new Notification(text.substring(0, text.length() - RELEASED.length()), true)
                : new Notification(text, false);
    }

    /** What is sent. */
    String text() {
        return released ? election + RELEASED : election;
    }
}
