package io.github.leaderlease;

import org.jspecify.annotations.Nullable;

/**
 * Why a leader gives up its term, and in whose favour.
 *
 * @param heir the process that shall lead next; null if any present candidate will do
 */
record Handover(LossReason reason, @Nullable String heir) {

    static Handover of(LossReason reason) {
        return new Handover(reason, null);
    }
}
