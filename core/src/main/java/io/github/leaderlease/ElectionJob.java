package io.github.leaderlease;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The job of one election, if it has any: when it begins, and what follows from its end. */
final class ElectionJob {

    private final @Nullable JobRunner runner;
    private final boolean resignsWhenDone;
    private final CandidateLog log;

    /**
     * For one election.
     *
     * @param code whose job it is, if there is any
     * @param ended is told on any thread that the job may have ended
     */
    ElectionJob(UserCode code, UserThreads threads, Runnable ended, CandidateLog log) {
        LeaderJob job = code.job();
        this.runner = job == null ? null : new JobRunner(job, threads.jobs(), threads.callbacks(), ended);
        this.resignsWhenDone = code.resignsWhenDone();
        this.log = log;
    }

    /** To be done in its turn between the events: after that of the term's beginning, before that of its end. */
    Optional<EventQueue.Task> starting(HeldTerm term) {
        JobRunner job = runner;
        return job == null ? Optional.empty() : Optional.of(new EventQueue.Task(() -> job.start(term)));
    }

    /** Asks that of this term to stop. Does not wait. */
    void stop(long token) {
        if (runner != null) {
            runner.stop(token);
        }
    }

    boolean running() {
        return runner != null && runner.running();
    }

    /** Whether it has ended and nothing has been made of that yet. Finds out about a thread that has died, too. */
    boolean hasEnded() {
        if (runner == null) {
            return false;
        }
        runner.checkThread();
        return runner.ending() != null;
    }

    /** Whether that of this term has not begun, and nothing has kept it from that yet. */
    boolean waitsToStart(long token) {
        return runner != null && !runner.knows(token);
    }

    /** Any thread. */
    boolean isCurrentThread() {
        return runner != null && runner.isCurrentThread();
    }

    /**
     * It may have ended: makes of that what is to be made of it, once.
     *
     * @param current the term that this node leads in
     * @param rules has a rule applied and gives the state after it
     */
    void ended(@Nullable HeldTerm current, ClockReading now, Function<Rule, ElectionState> rules) {
        JobRunner.Ending ending = runner == null ? null : runner.ending();
        if (runner == null || ending == null) {
            return;
        }
        HeldTerm term = ending.term();
        Throwable failure = ending.failure();
        if (term == current && term.isValid()) {
            ElectionState next = rules.apply((state, me) -> consequence(state, me, failure, now));
            if (failure == null) {
                log.jobDone(next, term);
            }
        }
        runner.forget(ending);
        if (failure != null) {
            log.jobFailed(term, failure);
        }
    }

    private Transition consequence(ElectionState state, Candidacy me, @Nullable Throwable failure, ClockReading now) {
        if (failure != null) {
            return LeaderRules.resign(state, me, LossReason.JOB_FAILED, now);
        }
        return resignsWhenDone ? LeaderRules.jobDone(state, me, now) : Transition.to(state);
    }
}
