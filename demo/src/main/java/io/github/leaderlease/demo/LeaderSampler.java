package io.github.leaderlease.demo;

import io.github.leaderlease.LeaderElection;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks {@code isLeader()} about every millisecond, as the application's own code would, and tells when the answer turns.
 * A yes is dated such that it surely was one: the first after its answer came, the last before it was asked for.
 */
final class LeaderSampler implements Runnable {

    private static final long PAUSE_NANOS = 1_000_000;
    private static final long TELL_EVERY_NANOS = Duration.ofMillis(250).toNanos();

    /** A deadline that is read twice differs by the time between two clock readings; a heartbeat moves it far more. */
    private static final long RENEWED_NANOS = Duration.ofMillis(20).toNanos();

    private final LeaderElection election;
    private final Consumer<NodeReport> reports;
    private @Nullable Yes yes;
    private long asked;

    LeaderSampler(LeaderElection election, Consumer<NodeReport> reports) {
        this.election = election;
        this.reports = reports;
    }

    /** What the last answers were, while they are yes. */
    private record Yes(long token, long last, long deadline) {}

    /** Never returns: the process ends around it. */
    @Override
    public void run() {
        long told = System.nanoTime();
        while (true) {
            sample();
            if (System.nanoTime() - told >= TELL_EVERY_NANOS) {
                told = System.nanoTime();
                reports.accept(new NodeReport.Sampled(told, asked));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void sample() {
        long before = System.nanoTime();
        boolean leader = election.isLeader();
        long after = System.nanoTime();
        asked++;
        Yes known = yes;
        if (!leader) {
            if (known != null) {
                end(known, after);
            }
            return;
        }
        election.leadership()
                .ifPresentOrElse(
                        term -> yes(
                                term.fencingToken(),
                                before,
                                after,
                                System.nanoTime() + term.remaining().toNanos()),
                        () -> {
                            // lost since the answer, which was a yes all the same
                            if (known != null) {
                                yes = new Yes(known.token(), before, known.deadline());
                            }
                        });
    }

    private void yes(long token, long before, long after, long deadline) {
        Yes known = yes;
        if (known != null && known.token() != token) {
            end(known, before);
            known = null;
        }
        if (known == null) {
            reports.accept(new NodeReport.Leading(after, token, deadline));
            yes = new Yes(token, after, deadline);
        } else if (deadline - known.deadline() > RENEWED_NANOS) {
            reports.accept(new NodeReport.Renewed(after, token, deadline));
            yes = new Yes(token, before, deadline);
        } else {
            yes = new Yes(token, before, known.deadline());
        }
    }

    private void end(Yes known, long now) {
        reports.accept(new NodeReport.LeadingNoMore(now, known.token(), known.last()));
        yes = null;
    }
}
