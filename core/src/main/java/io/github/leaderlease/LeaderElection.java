package io.github.leaderlease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * This process's candidacy in one election: started once, it stands for election whenever it may, until it is closed.
 *
 * <p>All methods may be called from any thread. Those that only ask are wait-free and do no I/O, so they answer even
 * while the database hangs.
 */
public final class LeaderElection implements AutoCloseable {

    private final LeaseCoordinator coordinator;
    private final Candidate candidate;

    LeaderElection(LeaseCoordinator coordinator, Candidate candidate) {
        this.coordinator = coordinator;
        this.candidate = candidate;
    }

    /**
     * The election's name.
     *
     * @return as given to {@link LeaseCoordinator#election(String)}
     */
    public String name() {
        return candidate.me().election();
    }

    /**
     * Whether this node leads now. Wait-free.
     *
     * @return true only while no other node can lead; the answer may be out of date by the time that the caller acts
     */
    public boolean isLeader() {
        return candidate.knowledge().isLeader();
    }

    /**
     * This node's term, if it leads. Wait-free.
     *
     * @return the handle of the current term, or empty
     */
    public Optional<Leadership> leadership() {
        return candidate.knowledge().leadership();
    }

    /**
     * The current leader as last observed. Wait-free; {@link Leader#staleness()} is how long ago that was.
     *
     * @return the leader, perhaps this node itself, or empty if none is known
     */
    public Optional<Leader> leader() {
        return candidate.knowledge().leader();
    }

    /**
     * Adds a listener. It is told the present state first, then all that follows.
     *
     * @param listener called on a thread of the event executor
     */
    public void addListener(LeaderListener listener) {
        coordinator.checkOpen();
        coordinator.engine().run(() -> candidate.addListener(listener));
    }

    /**
     * Gives up leading, so that another node may lead at once: asks the job to stop, waits for it and for the listeners,
     * then releases the lease. This node stays a candidate but stands back until another term is seen or one TTL has
     * passed. Without leadership it only stands back. Does not block. Where leaders keep changing many times in a few
     * seconds, a lease that was given up stays vacant for a while.
     *
     * <p>What is chained to the result runs on a thread that may block, and never on one that renews. The listeners and the
     * job of this election may chain to it, but not wait for it: it waits for them.
     *
     * @return completed when the lease was released, or was left to run out because the job did not stop in time; its
     *     {@code join()} and {@code get()} throw {@link IllegalStateException} in a listener or the job of this election
     * @throws IllegalStateException if called inside a fenced transaction of this election on the same thread, which the
     *     release would wait for
     */
    public CompletableFuture<Void> resign() {
        coordinator.checkOpen();
        coordinator.fences().refuseInside("resign()", name());
        CompletableFuture<Void> done = new Resigning<>(name(), candidate::isOwnThread);
        coordinator.engine().run(() -> candidate.resign(done));
        if (coordinator.isStopped()) {
            done.complete(null); // closed meanwhile: then nobody else might do it
        }
        return done;
    }

    /**
     * Resigns and is no candidate any more. Blocks until the lease was released, at most for the stop timeout and a few
     * attempts; returns at once if called by a listener or the job of this election, which must not wait for itself. May be called
     * again.
     *
     * @throws IllegalStateException if called inside a fenced transaction of this election on the same thread
     */
    @Override
    public void close() {
        coordinator.fences().refuseInside("close()", name());
        coordinator.close(candidate);
    }

    /** Describes a candidacy before it starts. Not thread-safe. */
    public static final class Builder {

        private final LeaseCoordinator coordinator;
        private final String name;
        private final List<LeaderListener> listeners = new ArrayList<>();
        private @Nullable Duration ttl;
        private @Nullable Duration heartbeat;
        private @Nullable Duration stopTimeout;
        private @Nullable String metadata;
        private @Nullable LeaderJob job;
        private boolean resignWhenDone;
        private boolean started;

        Builder(LeaseCoordinator coordinator, String name) {
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
        public Builder ttl(Duration duration) {
            ttl = Once.set("ttl", ttl, duration);
            return this;
        }

        /**
         * How often the leader renews; half the TTL if neither this nor the coordinator's is set.
         *
         * @param duration at most such that heartbeat + 2 x TTL/5 fits into TTL - TTL/10
         * @return this
         */
        public Builder heartbeat(Duration duration) {
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
        public Builder stopTimeout(Duration duration) {
            stopTimeout = Once.set("stopTimeout", stopTimeout, duration);
            return this;
        }

        /**
         * What others shall know about this node while it leads, such as its address.
         *
         * @param text 1 to 4,000 characters without control characters
         * @return this
         */
        public Builder metadata(String text) {
            boolean valid =
                    !text.isEmpty() && text.length() <= 4000 && text.chars().noneMatch(Character::isISOControl);
            if (!valid) {
                throw new IllegalArgumentException("metadata (" + text.length()
                        + " characters) must have 1 to 4,000 characters and no control characters");
            }
            metadata = Once.set("metadata", metadata, text);
            return this;
        }

        /**
         * Adds a listener.
         *
         * @param listener hears all events from the start
         * @return this
         */
        public Builder listener(LeaderListener listener) {
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
        public Builder job(LeaderJob work) {
            job = Once.set("job", job, work);
            return this;
        }

        /**
         * When the job returns, this node resigns, so that another one runs it next. Not before its term has lasted one
         * TTL: where each node's job returns at once, the leader changes once in a TTL and not hundreds of times a second.
         *
         * @return this
         */
        public Builder resignWhenDone() {
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
            LeaderElection election = coordinator.start(name, metadata, timing, listeners, job, resignWhenDone);
            started = true;
            return election;
        }
    }
}
