package io.github.leaderlease;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Whether a candidate may lead, by the word of its application: not while it is suspended, and not while its condition, if
 * there is any, does not hold. The condition is user code: it is asked on a thread for such, and its answer fetched here.
 */
final class Eligibility {

    private static final Logger LOG = Loggers.ELECTION;

    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long LONG_NANOS = Duration.ofSeconds(10).toNanos();

    private final String election;
    private final @Nullable BooleanSupplier condition;
    private final Executor threads;
    private final Consumer<Boolean> told;
    private volatile boolean suspended;
    private boolean holds;
    private boolean failed;
    private boolean toldLast;
    private @Nullable Question question;
    private long dueAt;

    /** What was asked, when, and the answer once there is one. */
    private static final class Question implements Runnable {
        private final BooleanSupplier condition;
        private final long askedAt;
        private boolean reported;
        private @Nullable Throwable failure;
        private boolean holds;
        private volatile boolean begun;
        private volatile boolean answered;

        Question(BooleanSupplier condition, long askedAt) {
            this.condition = condition;
            this.askedAt = askedAt;
        }

        @Override
        public void run() {
            begun = true;
            try {
                holds = condition.getAsBoolean();
            } catch (Throwable e) {
                failure = e;
            } finally {
                answered = true;
            }
        }
    }

    /**
     * For one candidate.
     *
     * @param condition null if there is none
     * @param threads run it
     * @param told is told whenever that has changed whether the candidate is eligible
     */
    Eligibility(
            String election, @Nullable BooleanSupplier condition, Executor threads, long now, Consumer<Boolean> told) {
        this.election = election;
        this.condition = condition;
        this.threads = threads;
        this.told = told;
        this.holds = condition == null;
        this.toldLast = eligible();
        this.dueAt = now;
    }

    /** A condition that has not been asked yet does not hold. */
    boolean eligible() {
        return holds && !suspended;
    }

    /** Any thread: the last word counts. */
    void suspend(boolean now) {
        suspended = now;
    }

    void tell() {
        boolean is = eligible();
        if (is != toldLast) {
            told.accept(is);
            toldLast = is;
        }
    }

    /** In each turn: asks if it is time, and makes something of the answer. */
    void check(long now) {
        Question asked = question;
        if (asked != null && asked.answered) {
            question = null;
            dueAt = now + INTERVAL_NANOS;
            answered(asked);
        } else if (asked != null && (asked.begun || now - asked.askedAt < PATIENCE_NANOS)) {
            reportLong(asked, now);
        } else if (condition != null && dueAt - now <= 0) {
            ask(condition, now); // once more if its thread was lost
        }
        tell();
    }

    private void ask(BooleanSupplier condition, long now) {
        dueAt = now + INTERVAL_NANOS;
        Question next = new Question(condition, now);
        try {
            threads.execute(next);
            question = next;
        } catch (RuntimeException | Error e) {
            report("cannot be asked now, trying again", e);
        }
    }

    /** Once, until it has been answered. */
    private void report(String what, Throwable failure) {
        if (!failed) {
            failed = true;
            BackgroundLog.say(() -> LOG.warn("election {}: eligibleWhen(...) {}", election, what, failure));
        }
    }

    private void answered(Question asked) {
        holds = asked.holds;
        Throwable failure = asked.failure;
        if (failure == null) {
            failed = false;
        } else {
            report("failed, so this node does not stand for election until it returns true", failure);
        }
    }

    private void reportLong(Question asked, long now) {
        if (!asked.reported && now - asked.askedAt > LONG_NANOS) {
            asked.reported = true;
            BackgroundLog.say(() -> LOG.warn(
                    "election {}: eligibleWhen(...) has not returned for {}; until it does, {}",
                    election,
                    Timing.show(Duration.ofNanos(LONG_NANOS)),
                    holds ? "its last answer, true, counts" : "this node does not stand for election"));
        }
    }
}
