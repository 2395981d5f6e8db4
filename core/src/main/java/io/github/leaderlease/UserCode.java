package io.github.leaderlease;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What an application has one candidate run.
 *
 * @param listeners hear the events
 * @param job runs while it leads; null if there is none
 * @param resignsWhenDone whether a job that returns ends its term
 * @param eligibleWhen whether it may lead; null for always
 */
record UserCode(
        List<LeaderListener> listeners,
        @Nullable LeaderJob job,
        boolean resignsWhenDone,
        @Nullable BooleanSupplier eligibleWhen) {

    UserCode {
        listeners = List.copyOf(listeners);
    }

    static UserCode listening(LeaderListener... listeners) {
        return new UserCode(List.of(listeners), null, false, null);
    }
}
