package io.github.leaderlease;

import io.github.leaderlease.spi.LeaseStore;
import io.github.leaderlease.spi.PresenceStore;
import io.github.leaderlease.spi.PresenceStore.Heir;
import io.github.leaderlease.spi.ReadResult;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * This process's part in any number of elections on one database, with two connections (three where the
 * database tells of changes: PostgreSQL) and a constant number of threads.
 *
 * <p>Thread-safe. Its connections are its own from the start until {@link #close()}, so that no heartbeat waits for an
 * exhausted pool or a long transaction of the application. One that breaks has to be replaced: then an exhausted pool can
 * cost a lease, if it lets us wait for too long.
 */
public final class LeaseCoordinator implements AutoCloseable {

    private static final SecureRandom IDENTITIES = new SecureRandom();

    private final Duration ttl;
    private final @Nullable Duration heartbeat;
    private final NodeRuntime node;
    private final Candidates candidates;
    private final Fences fences;
    private final @Nullable ShutdownHook hook;

    LeaseCoordinator(NodeRuntime node, Duration ttl, @Nullable Duration heartbeat, boolean closeOnShutdown) {
        this.node = node;
        this.ttl = ttl;
        this.heartbeat = heartbeat;
        this.candidates = new Candidates(node);
        this.fences = new Fences(node, candidates::disproved);
        this.hook = closeOnShutdown ? new ShutdownHook(this::close) : null;
    }

    /**
     * For an application that has a pool. Two connections are taken from it for good, on PostgreSQL three (see
     * {@link LeaseCoordinatorBuilder#notifications} and {@link LeaseCoordinatorBuilder#listenOn}).
     *
     * @param dataSource gives connections to the database that holds the tables
     * @return describes the coordinator
     */
    public static LeaseCoordinatorBuilder builder(DataSource dataSource) {
        return new LeaseCoordinatorBuilder(new ConnectionSource.Pooled(dataSource));
    }

    /**
     * Connects by a JDBC URL, without a pool, and keeps what is secret in that URL out of every exception: what is thrown
     * repeats neither the URL as it was given, nor a password or token in it or beside it. For migrations and the like; safe
     * for use by several threads.
     *
     * @param url a JDBC URL
     * @param user the database user, or null if the URL says it
     * @param password its password, or null if there is none or the URL says it
     * @return a DataSource that has not connected yet
     */
    public static DataSource dataSource(String url, @Nullable String user, @Nullable String password) {
        return new UrlDataSource(url, user, password);
    }

    /**
     * For connections that have nothing to do with any pool.
     *
     * @param url a JDBC URL whose driver is on the class path
     * @param user the database user, or null if the URL says it all
     * @param password the password, or null
     * @return describes the coordinator
     */
    public static LeaseCoordinatorBuilder builder(String url, @Nullable String user, @Nullable String password) {
        return new LeaseCoordinatorBuilder(new ConnectionSource.Direct(url, user, password));
    }

    /**
     * This node's name.
     *
     * @return as built
     */
    public String nodeName() {
        return node.name();
    }

    /**
     * Describes a candidacy in an election; nothing happens before {@link LeaderElectionBuilder#start()}.
     *
     * @param name 1 to 190 of the characters A-Z a-z 0-9 . _ : / -, starting with a letter or digit
     * @return describes the candidacy
     * @throws IllegalArgumentException if the name is not valid
     */
    public LeaderElectionBuilder election(String name) {
        checkOpen();
        return new LeaderElectionBuilder(this, name);
    }

    /**
     * Asks the table who leads an election, without being a candidate. Blocks for one round trip.
     *
     * <p>This is what the table says, at the time of the answer: a leader that crashed a moment ago is still on record.
     * Only a candidate observes for long enough to know that a lease has run out.
     *
     * @param election the election's name
     * @return the holder of its lease, or empty if it is vacant
     * @throws LeaderLeaseException if the database does not answer in time
     */
    public Optional<Leader> leader(String election) {
        ReadResult reading = ask(election, store -> store.read(Map.of(election, 0L)));
        ReadResult.Election seen = reading.elections().get(election);
        ReadResult.Term open = seen == null ? null : seen.openTerm();
        boolean held = seen != null && seen.lease() != null && seen.lease().holderId() != null;
        return open == null || !held
                ? Optional.empty()
                : Optional.of(new Leader(
                        election, open.nodeName(), open.token(), open.startedAt(), open.metadata(), Duration.ZERO));
    }

    /**
     * Asks the database who stands for an election, without being a candidate. Blocks for one round trip. What it shows are
     * hints: no right to lead follows from them.
     *
     * @param election the election's name
     * @return those that have announced themselves and were heard of in the last 30 s, the eligible ones
     *     first, and of these those with the highest priority; the leader is among them if it could announce itself
     * @throws LeaderLeaseException if the database does not answer in time, or if a right is missing
     */
    public List<PresentCandidate> candidates(String election) {
        List<PresenceStore.Present> present =
                ask(election, store -> store.presence(presence -> presence.candidates(election)));
        return present.stream()
                .map(each -> new PresentCandidate(
                        each.election(),
                        each.nodeName(),
                        each.label(),
                        each.priority(),
                        each.eligible(),
                        each.since(),
                        each.staleness()))
                .toList();
    }

    /** Has the candidate hand over if the node is among those that stand for its election. */
    void transfer(Candidate candidate, String to, CompletableFuture<Leader> result) {
        String election = candidate.me().election();
        Function<LeaseStore, Map<String, Heir>> call =
                store -> store.presence(presence -> presence.heirs(List.of(election), node.id(), to));
        engine().run(() -> candidate.requests().transferring(to, result));
        Duration bound = candidate.me().timing().callTimeout();
        CompletableFuture<Map<String, Heir>> unused = node.ask(AsyncStore.Kind.OTHER, bound, call)
                .orTimeout(bound.toMillis() + 1000, TimeUnit.MILLISECONDS) // it may get lost in this process
                .whenComplete((heirs, failure) -> {
                    engine().run(() -> candidate.requests().answered(to, heirs, failure, result));
                    endIfStopped(result);
                });
        endIfStopped(result);
    }

    private void endIfStopped(CompletableFuture<Leader> result) {
        if (isStopped()) {
            result.completeExceptionally(
                    new LeaderLeaseException("the coordinator of node " + node.name() + " is closed"));
        }
    }

    private <T> T ask(String election, Function<LeaseStore, T> call) {
        checkOpen();
        Names.check("election name", election);
        Duration bound = Timing.callTimeout(ttl);
        return NodeRuntime.await(node.ask(AsyncStore.Kind.OTHER, bound, call), bound);
    }

    /**
     * Fenced transactions with an isolation level, a DataSource or repetition of one's choice.
     *
     * @return as {@link Leadership#inTransaction} runs them, to be adapted
     */
    public FencedTransactions fencedTransactions() {
        return fences.transactions();
    }

    Fences fences() {
        return fences;
    }

    /**
     * Closes all elections as {@link LeaderElection#close()} does, at the same time, then gives the connections back.
     * Blocks until that is done, at most for the longest stop timeout, a few attempts, and 5 s for connections that do not let
     * themselves be closed; returns at once if called by a listener or job. May be called again.
     *
     * @throws IllegalStateException if called inside a fenced transaction on the same thread, which it would wait for
     */
    @Override
    public void close() {
        fences.refuseInside("close()");
        candidates.refuseMore();
        if (hook != null) {
            hook.remove();
        }
        candidates.closeAll();
    }

    /**
     * Keeps the application alive: blocks until this coordinator has been closed, by {@link #close()} or the shutdown hook.
     * All threads of a coordinator are daemons, so a {@code main} that returns ends the process although it leads.
     *
     * @throws InterruptedException if the caller is interrupted; nothing is closed then
     */
    public void awaitClose() throws InterruptedException {
        node.awaitStopped();
    }

    /**
     * The same for a limited time.
     *
     * @param most how long to wait
     * @return whether it has been closed
     * @throws InterruptedException if the caller is interrupted; nothing is closed then
     */
    public boolean awaitClose(Duration most) throws InterruptedException {
        return node.awaitStopped(most);
    }

    void close(Candidate candidate) {
        candidates.close(candidate);
    }

    Timing timing(@Nullable Duration ownTtl, @Nullable Duration ownHeartbeat, @Nullable Duration stopTimeout) {
        Duration chosen = ownTtl == null ? ttl : ownTtl;
        Duration beat = ownHeartbeat;
        if (beat == null) {
            beat = heartbeat == null || ownTtl != null ? chosen.dividedBy(2) : heartbeat;
        }
        return new Timing(chosen, beat, stopTimeout == null ? Timing.DEFAULT_STOP_TIMEOUT : stopTimeout);
    }

    LeaderElection start(
            String election,
            @Nullable String metadata,
            Timing timing,
            int priority,
            @Nullable Duration failBackAfter,
            UserCode code) {
        checkOpen();
        Candidacy me = new Candidacy(
                election,
                node.name(),
                node.id(),
                identity(),
                priority,
                failBackAfter,
                metadata,
                timing,
                node.time(),
                fences);
        Candidate candidate = new Candidate(me, node.engine().host(), node.userThreads(), code);
        candidates.start(candidate);
        return new LeaderElection(this, candidate);
    }

    /** A JVM that is on its way down takes no hooks any more, and nobody would close us. */
    void installHook() {
        try {
            if (hook != null) {
                hook.install();
            }
        } catch (IllegalStateException e) {
            close();
            throw new LeaderLeaseException("this JVM is shutting down", e);
        }
    }

    static String identity() {
        byte[] random = new byte[16];
        IDENTITIES.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    Engine engine() {
        return node.engine();
    }

    /** Whether nothing happens any more: what is handed to the engine is dropped. */
    boolean isStopped() {
        return node.time().isClosed();
    }

    void checkOpen() {
        candidates.checkOpen();
    }
}
