package io.github.leaderlease;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private final BooleanSupplier known;
    private final Consumer<Boolean> told;
    private volatile boolean suspended;
    private boolean holds;
    private @Nullable String said;
    private @Nullable Question question;
    private long dueAt;

    /** What was asked, when, and the answer once there is one. It is asked once, however often it is handed over. */
    private static final class Question implements Runnable {
        private final BooleanSupplier condition;
        private final long askedAt;
        private final AtomicBoolean begun = new AtomicBoolean();
        private long patience = PATIENCE_NANOS;
        private boolean reported;
        private @Nullable Throwable failure;
        private boolean holds;
        private volatile boolean answered;

        Question(BooleanSupplier condition, long askedAt) {
            this.condition = condition;
            this.askedAt = askedAt;
        }

        @Override
        public void run() {
            if (!begun.compareAndSet(false, true)) {
                return;
            }
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
     * @param known whether the candidate's state says that it is eligible
     * @param told is told if that is not so any more
     */
    Eligibility(
            String election,
            @Nullable BooleanSupplier condition,
            Executor threads,
            long now,
            BooleanSupplier known,
            Consumer<Boolean> told) {
        this.election = election;
        this.condition = condition;
        this.threads = threads;
        this.known = known;
        this.told = told;
        this.holds = condition == null;
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

    /** Also if it was resumed since: then it is told so next, and stands again. */
    void tellSuspended() {
        told.accept(false);
    }

    void tell() {
        boolean is = eligible();
        if (is != known.getAsBoolean()) {
            told.accept(is);
        }
    }

    /** In each turn: asks if it is time, and makes something of the answer. */
    void check(long now) {
        Question asked = question;
        if (asked == null) {
            ask(now);
        } else if (asked.answered) {
            question = null;
            dueAt = now + INTERVAL_NANOS;
            answered(asked);
        } else if (asked.begun.get()) {
            reportLong(asked, now);
        } else if (now - asked.askedAt >= asked.patience) {
            asked.patience *= 2; // its thread may be lost, or all threads be busy
            report("has not begun, trying again", null);
            handOver(asked);
        }
        tell();
    }

    private void ask(long now) {
        BooleanSupplier asks = condition;
        if (asks != null && dueAt - now <= 0) {
            Question next = new Question(asks, now);
            dueAt = now + INTERVAL_NANOS;
            question = handOver(next) ? next : null;
        }
    }

    private boolean handOver(Question next) {
        try {
            threads.execute(next);
            return true;
        } catch (RuntimeException | Error e) {
            report("cannot be asked now, trying again", e);
            return false;
        }
    }

    /** Once, until it has been answered. */
    private void report(String what, @Nullable Throwable failure) {
        if (!what.equals(said)) {
            said = what;
            BackgroundLog.say(() -> LOG.warn("election {}: eligibleWhen(...) {}", election, what, failure));
        }
    }

    private void answered(Question asked) {
        holds = asked.holds;
        Throwable failure = asked.failure;
        if (failure == null) {
            said = null;
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
