package io.github.leaderlease;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

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
}
