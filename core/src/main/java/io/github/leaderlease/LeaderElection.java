package io.github.leaderlease;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

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
        return atRest("resign()", candidate.requests()::resign);
    }

    /** Has something asked of the candidate that is done when its lease was released or left to run out. */
    private CompletableFuture<Void> atRest(String what, Consumer<CompletableFuture<Void>> request) {
        CompletableFuture<Void> done = new Resigning<>(what, name(), candidate::isOwnThread);
        coordinator.engine().run(() -> request.accept(done));
        if (coordinator.isStopped()) {
            done.complete(null); // closed meanwhile: then nobody else might do it
        }
        return done;
    }

    /**
     * Gives up leading in favour of a node: as {@link #resign()}, but the named node attempts first. If it does not, another
     * one leads, or this one again after a TTL. If no such node stands for this election, as it has announced itself to the
     * database, or if it is not eligible, nothing changes. Does not block.
     *
     * <p>The result comes when it is known who leads, perhaps only after the stop timeout and a TTL. It may be chained to and
     * waited for as that of {@link #resign()}.
     *
     * @param node the {@linkplain LeaseCoordinatorBuilder#nodeName name} of a node; if several have it, any of them
     * @return who leads after that: the named node, another one, or this one in a new term. Failed with
     *     {@link LeaderLeaseException} if nothing has changed, for the reason that its message gives; and if the election was
     *     closed before it was known who leads
     * @throws IllegalArgumentException if the name is not valid
     * @throws IllegalStateException if called inside a fenced transaction of this election on the same thread
     */
    public CompletableFuture<Leader> transferTo(String node) {
        coordinator.checkOpen();
        coordinator.fences().refuseInside("transferTo()", name());
        CompletableFuture<Leader> result = new Resigning<>("transferTo()", name(), candidate::isOwnThread);
        coordinator.transfer(candidate, Names.check("node name", node), result);
        return result;
    }

    /**
     * Not a candidate any more until {@link #resume()}: a leader gives up its term as by {@link #resign()}, with the reason
     * NOT_ELIGIBLE. It goes on following who leads. Does not block. May be called again.
     *
     * @return completed when the lease was released, or was left to run out because the job did not stop in time; may be
     *     chained to and waited for as that of {@link #resign()}
     * @throws IllegalStateException if called inside a fenced transaction of this election on the same thread
     */
    public CompletableFuture<Void> suspend() {
        coordinator.checkOpen();
        coordinator.fences().refuseInside("suspend()", name());
        candidate.requests().suspend(true);
        return atRest("suspend()", candidate.requests()::suspended);
    }

    /**
     * A candidate again, unless {@link LeaderElectionBuilder#eligibleWhen} says no. Who has just given up its term by
     * {@link #suspend()} stands back until another term is seen or one TTL has passed. Does nothing if it was not suspended.
     */
    public void resume() {
        coordinator.checkOpen();
        candidate.requests().suspend(false);
        coordinator.engine().run(candidate.requests()::resumed);
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
