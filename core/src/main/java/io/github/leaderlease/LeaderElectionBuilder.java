package io.github.leaderlease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Describes a candidacy before it starts; see {@link LeaseCoordinator#election}. Not thread-safe. */
public final class LeaderElectionBuilder {

    private final LeaseCoordinator coordinator;
    private final String name;
    private final List<LeaderListener> listeners = new ArrayList<>();
    private @Nullable Duration ttl;
    private @Nullable Duration heartbeat;
    private @Nullable Duration stopTimeout;
    private @Nullable String metadata;
    private @Nullable LeaderJob job;
    private boolean resignWhenDone;
    private int priority;
    private @Nullable BooleanSupplier eligibleWhen;
    private @Nullable Duration failBackAfter;
    private boolean started;

    LeaderElectionBuilder(LeaseCoordinator coordinator, String name) {
        this.coordinator = coordinator;
        this.name = Names.check("election name", name);
    }

    /**
     * How long a lease is good for without renewal; the coordinator's if not set. A crashed leader is replaced after
     * about this time. All nodes should give one election the same TTL.
     *
     * @param duration 1 s to 24 h
     * @return this
     */
    public LeaderElectionBuilder ttl(Duration duration) {
        ttl = Once.set("ttl", ttl, duration);
        return this;
    }

    /**
     * How often the leader renews; half the TTL if neither this nor the coordinator's is set.
     *
     * @param duration at most such that heartbeat + 2 x TTL/5 fits into TTL - TTL/10
     * @return this
     */
    public LeaderElectionBuilder heartbeat(Duration duration) {
        heartbeat = Once.set("heartbeat", heartbeat, duration);
        return this;
    }

    /**
     * How long a job or listener may take to stop before its lease is left to run out instead of being released; 10 s
     * if not set.
     *
     * @param duration zero or more
     * @return this
     */
    public LeaderElectionBuilder stopTimeout(Duration duration) {
        stopTimeout = Once.set("stopTimeout", stopTimeout, duration);
        return this;
    }

    /**
     * What others shall know about this node while it leads, such as its address.
     *
     * @param text 1 to 4,000 characters without control characters
     * @return this
     */
    public LeaderElectionBuilder metadata(String text) {
        metadata = Once.set("metadata", metadata, Names.text("metadata", text, 4000));
        return this;
    }

    /**
     * A leader that resigns or closes hands over to a candidate with a higher priority before one with a lower, and after a
     * crash it attempts first; 0 if not set. It is a hint: anybody may lead, and nobody ever ends the term of a living leader
     * for its sake, but that leader itself: see {@link #failBackAfter}.
     *
     * @param value the higher the sooner; may be negative
     * @return this
     */
    public LeaderElectionBuilder priority(int value) {
        priority = value;
        return this;
    }

    /**
     * When this node leads and, during one term, has seen another node's candidate with a higher priority present and eligible
     * for so long without a break, it asks its job to stop and hands over to that node: at most once in such a time. Never if
     * not set.
     *
     * @param duration 30 s, for which a node that has crashed is shown, to 24 h; a TTL that is longer counts instead
     * @return this
     */
    public LeaderElectionBuilder failBackAfter(Duration duration) {
        failBackAfter = Once.set("failBackAfter", failBackAfter, FailBack.check(duration));
        return this;
    }

    /**
     * Under which condition this node may lead, such as that its caches are warm or its disk is well. While it does not hold,
     * this node is no candidate; if it leads, it hands over with the reason NOT_ELIGIBLE. See also
     * {@link LeaderElection#suspend()}.
     *
     * @param condition asked about once a second, on a thread that may block, one call at a time; does not hold before its
     *     first answer, nor while it throws; while it does not return, its last answer counts
     * @return this
     */
    public LeaderElectionBuilder eligibleWhen(BooleanSupplier condition) {
        eligibleWhen = Once.set("eligibleWhen", eligibleWhen, condition);
        return this;
    }

    /**
     * Adds a listener.
     *
     * @param listener hears all events from the start
     * @return this
     */
    public LeaderElectionBuilder listener(LeaderListener listener) {
        listeners.add(listener);
        return this;
    }

    /**
     * The work to do while this node leads. When it returns, this node goes on leading, without work, until its term
     * ends; see {@link #resignWhenDone()}.
     *
     * @param work started for each term, on a thread of its own
     * @return this
     */
    public LeaderElectionBuilder job(LeaderJob work) {
        job = Once.set("job", job, work);
        return this;
    }

    /**
     * When the job returns, this node resigns, so that another one runs it next. Not before its term has lasted one
     * TTL: where each node's job returns at once, the leader changes once in a TTL and not hundreds of times a second.
     *
     * @return this
     */
    public LeaderElectionBuilder resignWhenDone() {
        resignWhenDone = true;
        return this;
    }

    /**
     * Becomes a candidate. Does not block: the first look at the table is on its way when this returns.
     *
     * @return the running candidacy
     * @throws IllegalArgumentException if the durations do not fit each other, or if it shall resign when its job is
     *     done but has none
     * @throws IllegalStateException if it was started before, if this coordinator already has a candidate for this
     *     election, or if the coordinator is closed
     */
    public LeaderElection start() {
        if (started) {
            throw new IllegalStateException("election '" + name + "' was already started by this builder");
        }
        if (resignWhenDone && job == null) {
            throw new IllegalArgumentException("election '" + name
                    + "': resignWhenDone() is about the job, but there is none: add job(...) or drop it");
        }
        Timing timing = coordinator.timing(ttl, heartbeat, stopTimeout);
        UserCode code = new UserCode(listeners, job, resignWhenDone, eligibleWhen);
        LeaderElection election = coordinator.start(name, metadata, timing, priority, failBackAfter, code);
        started = true;
        return election;
    }
}
