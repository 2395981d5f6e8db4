package io.github.leaderlease;

import java.util.function.Consumer;
import org.slf4j.Logger;

/** A defect of ours that hits one election, or one part of the work, must not reach the others. */
final class Defects {

    private static final Logger LOG = Loggers.ELECTION;

    private Defects() {}

    static void each(Iterable<Candidate> all, Consumer<Candidate> action) {
        all.forEach(candidate -> guarded(candidate, () -> action.accept(candidate)));
    }

    static void guarded(Candidate candidate, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            log("election " + candidate.me().election(), e);
        }
    }

    static void log(String where, Throwable e) {
        BackgroundLog.say(() -> LOG.error("{}: a defect in leader-lease; trying again", where, e));
    }
}
