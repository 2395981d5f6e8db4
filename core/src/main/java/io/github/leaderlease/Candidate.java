package io.github.leaderlease;

import io.github.leaderlease.Transition.Action;
import io.github.leaderlease.spi.LeaseStore.RenewResult;
import io.github.leaderlease.spi.PresenceStore.Entry;
import io.github.leaderlease.spi.ReadResult;
import java.util.ArrayList;
import java.util.List;
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
     * @param available is told that it has become available to lead, or is not any more
     * @param closed is told that it is closed and needs no more looking after
     */
    record Host(
            Executor loop,
            BiConsumer<Candidate, Action> actions,
            Consumer<Candidate> available,
            Consumer<Candidate> closed) {}

    private final Candidacy me;
    private final Host host;
    private final EventQueue queue;
    private final CandidateLog log;
    private final ElectionJob job;
    private final Requests requests;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private ElectionState state;

    /** What follows from the state; unfinished while not all of it has been done. */
    private final Outbox outbox = new Outbox();

    private boolean unfinished;

    /** The handle of the term that was won last. */
    private @Nullable HeldTerm won;

    private final Knowledge knowledge;

    private final CandidateCalls calls = new CandidateCalls();

    private ReadResult.@Nullable Election lastSeen;

    /** Not looked after yet. */
    Candidate(Candidacy me, Host host, UserThreads threads, UserCode code) {
        this.me = me;
        this.host = host;
        this.queue = new EventQueue(
                me.election(),
                me.time(),
                threads.listeners(),
                code.listeners(),
                () -> host.loop().execute(this::settle));
        this.log = new CandidateLog(me, queue::run);
        this.job = new ElectionJob(code, threads, () -> host.loop().execute(this::jobEnded), log);
        this.requests = new Requests(me, code, threads, this::state, this::apply, this::settle, log);
        this.state = ElectionState.initial(me.time().nanoTime(), requests.eligible());
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

    /** Does what a rule makes of its state, and returns the state after that. */
    ElectionState apply(Rule rule) {
        commit(rule.apply(state, me));
        return state;
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
        List<Outbox.Step> steps = steps(t);
        if (next.available() != state.available()) {
            steps.add(new Outbox.Step(() -> host.available().accept(this)));
        }
        outbox.add(steps);
        state = next;
        unfinished = true;
        finish();
    }

    private List<Outbox.Step> steps(Transition t) {
        List<Outbox.Step> steps = new ArrayList<>();
        for (LeaderEvent event : t.events()) {
            EventQueue.Task telling = queue.telling(event);
            steps.add(new Outbox.Step(() -> queue.add(telling)));
            steps.add(new Outbox.Step(() -> requests.saw(event)));
            if (event instanceof LeaderEvent.LeadershipAcquired acquired
                    && acquired.leadership() instanceof HeldTerm term) {
                won = term;
                job.starting(term).ifPresent(task -> steps.add(new Outbox.Step(() -> queue.add(task))));
            }
        }
        t.actions().forEach(action -> steps.add(new Outbox.Step(() -> perform(action))));
        return steps;
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
            job.stop(before.fencingToken());
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
        if (!(action instanceof Action.StopJob)) {
            calls.begin(action, me.time().nanoTime(), me.timing().callTimeout());
            host.actions().accept(this, action);
        } else if (state.role() instanceof Role.Leading leading) {
            job.stop(leading.key().token());
        }
    }

    /** Goes on with what waits for the listeners and the job to come to rest. */
    private void settle() {
        if (queue.empty() && !job.running()) {
            commit(LeaderRules.idle(state, me, now()));
        }
        if (isAtRest()) {
            requests.atRest();
        }
        if (state.role() instanceof Role.Closed && queue.empty()) {
            requests.closed();
            closed.complete(null);
            requests.tellAll();
            host.closed().accept(this);
        }
    }

    /** No term, or one whose lease is left to run out: nothing more will be done about it. */
    private boolean isAtRest() {
        return state.role() instanceof Role.None
                || state.role() instanceof Role.Closed
                || (state.role() instanceof Role.Demoted demoted && demoted.releaseAs() == null);
    }

    private void jobEnded() {
        job.ended(knowledge.term(), now(), this::apply);
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
        calls.lost(state.role(), now, random).forEach(this::apply);
        queue.check(now.nanos());
        lookAfterJob();
        boolean waits = state.role() instanceof Role.Demoted
                || state.role() instanceof Role.Closed
                || requests.awaited()
                || (state.role() instanceof Role.Leading leading && leading.draining() != null);
        if (waits) {
            settle();
        }
        requests.check(now);
    }

    /** A leader whose job has never begun, or has ended unheard, would keep the others from doing the work. */
    private void lookAfterJob() {
        if (job.hasEnded()) {
            jobEnded();
        }
        HeldTerm term = knowledge.term();
        boolean leads = state.role() instanceof Role.Leading leading && leading.draining() == null;
        if (leads && queue.empty() && term != null && job.waitsToStart(term.fencingToken())) {
            job.starting(term).ifPresent(queue::add);
        }
    }

    /** Which of its calls are under way. */
    CandidateCalls calls() {
        return calls;
    }

    void renewed(long token, ClockReading sentAt, RenewResult result, ClockReading now) {
        calls.renewalAnswered(token);
        commit(LeaderRules.renewed(state, me, token, sentAt, result, now));
    }

    void renewFailed(long token, Throwable cause, ClockReading now, double random) {
        calls.renewalAnswered(token);
        HeldTerm term = knowledge.term();
        if (term != null && term.fencingToken() == token) {
            commit(LeaderRules.renewFailed(state, me, term, cause, now, random));
        }
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

    /** What its application asks of it. */
    Requests requests() {
        return requests;
    }

    /** What others shall know of it. */
    Entry entry() {
        return me.entry(state.available());
    }

    void close() {
        commit(LeaderRules.close(state, me, now()));
        settle();
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
