package io.github.leaderlease;

import io.github.leaderlease.Transition.Action;
import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore.ReadRequest;
import io.github.leaderlease.spi.LeaseStore.SucceedingTerm;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.RenewResult;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One election of this process: holds its state and carries out what the rules decide. All methods belong to the
 * engine's thread, except those that say otherwise.
 */
final class Candidate {

    /**
     * What a candidate needs of the engine that looks after it.
     *
     * @param loop runs a change of its state on the engine's thread; any thread
     * @param actions performs what its rules have decided
     * @param closed is told that it is closed and needs no more looking after
     */
    record Host(Executor loop, BiConsumer<Candidate, Action> actions, Consumer<Candidate> closed) {}

    private final Candidacy me;
    private final Host host;
    private final EventQueue queue;
    private final @Nullable JobRunner job;
    private final boolean resignsWhenDone;
    private final CandidateLog log;
    private final RestWaiters waiters;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private ElectionState state;

    /** What follows from the state; unfinished while not all of it has been done. */
    private final Outbox outbox = new Outbox();

    private boolean unfinished;

    /** The handle of the term that was won last. */
    private @Nullable HeldTerm won;

    private final Knowledge knowledge;

    /** The term whose renewal is under way, 0 if none. */
    private long renewing;

    private final InFlight renewal = new InFlight();
    private final InFlight attempt = new InFlight();
    private final InFlight release = new InFlight();

    private ReadResult.@Nullable Election lastSeen;

    /** With or without a job; and whether it resigns when that job has returned. */
    Candidate(
            Candidacy me,
            Host host,
            UserThreads threads,
            List<LeaderListener> listeners,
            @Nullable LeaderJob job,
            boolean resignsWhenDone) {
        this.me = me;
        this.host = host;
        this.waiters = new RestWaiters(threads.callbacks());
        this.queue = new EventQueue(
                me.election(),
                me.time(),
                threads.listeners(),
                listeners,
                () -> host.loop().execute(this::settle));
        this.job = job == null
                ? null
                : new JobRunner(
                        job,
                        threads.jobs(),
                        threads.callbacks(),
                        () -> host.loop().execute(this::jobEnded));
        this.resignsWhenDone = resignsWhenDone;
        this.log = new CandidateLog(me, queue::run);
        this.state = ElectionState.initial(me.time().nanoTime());
        this.knowledge = new Knowledge(me.time());
    }

    Candidacy me() {
        return me;
    }

    private ClockReading now() {
        return ClockReading.of(me.time());
    }

    ElectionState state() {
        return state;
    }

    /** What this process has seen of the same election before. */
    void remember(Pace pace) {
        commit(Transition.to(
                state.pace(pace.limited(me.time().nanoTime(), me.timing().ttl()))));
    }

    /**
     * The only place that changes the state: first the state, then the news of it, then what follows from it. Whatever cuts
     * that short, the next {@link #tick} goes on with it.
     */
    private void commit(Transition t) {
        if (t.next().equals(state) && t.events().isEmpty() && t.actions().isEmpty()) {
            return;
        }
        ElectionState next = t.next().paced(me.time().nanoTime(), me.timing().ttl());
        outbox.add(steps(t));
        state = next;
        unfinished = true;
        finish();
    }

    private List<Outbox.Step> steps(Transition t) {
        List<Outbox.Step> steps = new ArrayList<>();
        for (LeaderEvent event : t.events()) {
            EventQueue.Task telling = queue.telling(event);
            steps.add(new Outbox.Step(() -> queue.add(telling)));
            if (event instanceof LeaderEvent.LeadershipAcquired acquired
                    && acquired.leadership() instanceof HeldTerm term) {
                won = term;
                startJob(term).ifPresent(task -> steps.add(new Outbox.Step(() -> queue.add(task))));
            }
        }
        t.actions().forEach(action -> steps.add(new Outbox.Step(() -> perform(action))));
        return steps;
    }

    /** In its turn between the events: after that of the term's beginning, before that of its end. */
    private Optional<EventQueue.Task> startJob(HeldTerm term) {
        JobRunner runner = job;
        return runner == null ? Optional.empty() : Optional.of(new EventQueue.Task(() -> runner.start(term)));
    }

    private void finish() {
        publish();
        outbox.empty();
        unfinished = false;
        settle();
    }

    private void publish() {
        HeldTerm before = knowledge.term();
        Role.Leading leads = state.role() instanceof Role.Leading leading ? leading : null;
        if (before != null && (leads == null || !leads.key().equals(before.key()))) {
            before.end();
            stopJob(before.fencingToken());
        }
        HeldTerm term = won;
        if (leads != null && term != null) {
            term.extend(leads.anchor());
            knowledge.leads(term, LeaderRules.own(leads, me), leads.anchor().nanos());
        } else {
            knowledge.follows(state.announcedLeader());
        }
    }

    private void perform(Action action) {
        long now = me.time().nanoTime();
        Duration bound = me.timing().callTimeout();
        if (action instanceof Action.StopJob) {
            if (state.role() instanceof Role.Leading leading) {
                stopJob(leading.key().token());
            }
            return;
        }
        if (action instanceof Action.Release again) {
            release.begin(now, bound.plus(again.delay()));
        } else {
            attempt.begin(now, bound);
        }
        host.actions().accept(this, action);
    }

    private void stopJob(long token) {
        if (job != null) {
            job.stop(token);
        }
    }

    /** Goes on with what waits for the listeners and the job to come to rest. */
    private void settle() {
        if (queue.empty() && (job == null || !job.running())) {
            commit(LeaderRules.idle(state, me, now()));
        }
        if (isAtRest()) {
            waiters.complete(me.time().nanoTime());
        }
        if (state.role() instanceof Role.Closed && queue.empty()) {
            closed.complete(null);
            host.closed().accept(this);
        }
    }

    /** No term, or one whose lease is left to run out: nothing more will be done about it. */
    private boolean isAtRest() {
        return state.role() instanceof Role.None
                || state.role() instanceof Role.Closed
                || (state.role() instanceof Role.Demoted demoted && demoted.releaseAs() == null);
    }

    /** A job has ended, and its election is told. */
    private void jobEnded() {
        JobRunner.Ending ending = job == null ? null : job.ending();
        if (job != null && ending != null) {
            Throwable failure = ending.failure();
            HeldTerm term = ending.term();
            boolean current = term == knowledge.term() && term.isValid();
            if (current && failure != null) {
                commit(LeaderRules.resign(state, me, LossReason.JOB_FAILED, now()));
            } else if (current && resignsWhenDone) {
                commit(LeaderRules.jobDone(state, me, now()));
            }
            if (current && failure == null) {
                log.jobDone(state, term);
            }
            job.forget(ending);
            if (failure != null) {
                log.jobFailed(term, failure);
            }
        }
        settle();
    }

    /** Time has passed. What was cut short or got lost, whatever the reason, is made good here. */
    void tick(ClockReading now, DoubleSupplier random) {
        if (unfinished) {
            finish();
        }
        HeldTerm term = knowledge.term();
        LossReason ended = term == null || term.isValid() ? null : term.endedBy();
        commit(LeaderRules.tick(state, me, ended, now));
        giveUpLost(now, random);
        queue.check(now.nanos());
        lookAfterJob();
        boolean waits = state.role() instanceof Role.Demoted
                || state.role() instanceof Role.Closed
                || !waiters.isEmpty()
                || (state.role() instanceof Role.Leading leading && leading.draining() != null);
        if (waits) {
            settle();
        }
    }

    /** Answers come within their bounds, unless an error hit whoever passed them on. */
    private void giveUpLost(ClockReading now, DoubleSupplier random) {
        if (renewal.lost(now.nanos())) {
            renewing = 0;
        }
        if (attempt.lost(now.nanos()) && state.role() instanceof Role.Acquiring pending) {
            acquireFailed(pending.attempt(), lostAnswer(), now, random.getAsDouble());
        }
        if (release.lost(now.nanos()) && state.role() instanceof Role.Demoted demoted && demoted.releasing()) {
            releaseFailed(demoted.key().token(), lostAnswer(), now, random.getAsDouble());
        }
    }

    private static LeaseStoreException lostAnswer() {
        return new LeaseStoreException(LeaseStoreException.Failure.OTHER, "the answer got lost in this process", null);
    }

    /** A leader whose job has never begun, or has ended unheard, would keep the others from doing the work. */
    private void lookAfterJob() {
        if (job == null) {
            return;
        }
        job.checkThread();
        if (job.ending() != null) {
            jobEnded();
        }
        HeldTerm term = knowledge.term();
        if (state.role() instanceof Role.Leading leading
                && leading.draining() == null
                && queue.empty()
                && !job.knows(leading.key().token())
                && term != null) {
            startJob(term).ifPresent(queue::add);
        }
    }

    /** The term to renew now, unless its renewal is under way. */
    @Nullable
    HeldTerm dueForRenewal(long before) {
        return state.role() instanceof Role.Leading leading
                        && leading.key().token() != renewing
                        && leading.renewDueAt() - before <= 0
                ? knowledge.term()
                : null;
    }

    /** When the next heartbeat is due, if it leads. */
    long renewalDueAt() {
        return state.role() instanceof Role.Leading leading
                ? leading.renewDueAt()
                : me.time().nanoTime();
    }

    boolean renewalUnderWay() {
        return state.role() instanceof Role.Leading leading && leading.key().token() == renewing;
    }

    void renewalSent(long token, ClockReading now) {
        renewal.begin(now.nanos(), me.timing().callTimeout());
        renewing = token;
    }

    void renewed(long token, ClockReading sentAt, RenewResult result, ClockReading now) {
        renewing = renewing == token ? 0 : renewing;
        commit(LeaderRules.renewed(state, me, token, sentAt, result, now));
    }

    void renewFailed(long token, Throwable cause, ClockReading now, double random) {
        renewing = renewing == token ? 0 : renewing;
        HeldTerm term = knowledge.term();
        if (term != null && term.fencingToken() == token) {
            commit(LeaderRules.renewFailed(state, me, term, cause, now, random));
        }
    }

    /** What it knows, so that a read need only tell what has changed, and why the term that it was told of has ended. */
    ReadRequest follow() {
        Observation seen = state.observation();
        Leader told = state.announcedLeader();
        ElectionVersion known = seen == null || lastSeen == null ? null : seen.version();
        return new ReadRequest(me.election(), known, told == null ? 0 : told.fencingToken());
    }

    /** The election as a read showed it last. */
    ReadResult.@Nullable Election lastSeen() {
        return lastSeen;
    }

    void read(ReadAnswer answer, double random) {
        lastSeen = answer.election();
        commit(FollowerRules.read(state, me, answer, random));
        if (state.follows()) {
            knowledge.follows(state.announcedLeader(), answer.receivedAt().nanos());
            log.waits(state, answer.receivedAt().nanos());
        }
    }

    void readFailed(Throwable cause, boolean first) {
        commit(FollowerRules.readFailed(state, me, cause, first));
    }

    /** The lease is said to have been released. */
    void acquireReleased(ClockReading now) {
        commit(FollowerRules.acquireReleased(state, me, now));
    }

    void acquiredReleased(long attempt, Optional<SucceedingTerm> won, ClockReading now) {
        commit(FollowerRules.acquiredReleased(state, me, attempt, won, now));
    }

    void acquired(long attempt, OptionalLong token, ClockReading now) {
        commit(FollowerRules.acquired(state, me, attempt, token, now));
    }

    void acquireFailed(long attempt, Throwable cause, ClockReading now, double random) {
        commit(FollowerRules.acquireFailed(state, me, attempt, cause, now, random));
    }

    void notTried(long attempt, ClockReading now) {
        commit(FollowerRules.notTried(state, attempt, now));
    }

    void disproved(TermKey term, LossReason reason) {
        commit(LeaderRules.disproved(state, me, term, reason, now()));
    }

    /** It has been sent, or has not had its turn yet. */
    void releaseWaits(ClockReading now) {
        release.begin(now.nanos(), me.timing().callTimeout());
    }

    void released(long token, ClockReading now) {
        commit(LeaderRules.released(state, token, now));
    }

    void releaseFailed(long token, Throwable cause, ClockReading now, double random) {
        commit(LeaderRules.releaseFailed(state, me, token, cause, now, random));
    }

    void resign(CompletableFuture<Void> done) {
        if (waiters.add(done)) {
            commit(LeaderRules.resign(state, me, LossReason.RESIGNED, now()));
            settle();
        }
    }

    void close() {
        commit(LeaderRules.close(state, me, now()));
        settle();
    }

    /** The coordinator stops although this election is not at rest: nobody shall wait for ever. */
    void abandon() {
        waiters.abandon(me.time().nanoTime());
    }

    void addListener(LeaderListener listener) {
        List<LeaderEvent> present = new ArrayList<>();
        Leader told = state.announcedLeader();
        HeldTerm term = knowledge.term();
        if (term != null) {
            present.add(new LeaderEvent.LeadershipAcquired(term));
        } else if (told != null) {
            present.add(new LeaderEvent.LeaderChanged(told));
        }
        queue.addListener(listener, present);
    }

    /** Any thread. Completed when the election is closed and its lease released or left to run out. */
    CompletableFuture<Void> closed() {
        return closed;
    }

    /** Any thread: what it knows of its own term and of the leader. */
    Knowledge knowledge() {
        return knowledge;
    }

    /** Any thread. Whether the caller is a listener or the job of this election, which must not wait for itself. */
    boolean isOwnThread() {
        return queue.isCurrentThread() || (job != null && job.isCurrentThread());
    }
}
