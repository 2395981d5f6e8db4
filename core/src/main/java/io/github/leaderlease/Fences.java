package io.github.leaderlease;

import io.github.leaderlease.jdbc.JdbcFence;
import io.github.leaderlease.jdbc.JdbcFence.Answer;
import io.github.leaderlease.jdbc.JdbcFence.State;
import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The fences of one coordinator's terms. All of it happens on the caller's thread, in the caller's transaction. */
final class Fences implements HeldTerm.Fence {

    private static final Duration MIN_IDLE = Duration.ofSeconds(1);
    private static final Duration MAX_IDLE = Duration.ofSeconds(10);

    private final NodeRuntime node;
    private final BiConsumer<TermKey, LossReason> demotion;
    private final OpenFences open = new OpenFences();
    private final Set<String> proven = ConcurrentHashMap.newKeySet();
    private final Map<TermKey, CompletableFuture<ReadResult>> looks = new ConcurrentHashMap<>();

    /**
     * @param demotion told of a term that turned out to be over
     */
    Fences(NodeRuntime node, BiConsumer<TermKey, LossReason> demotion) {
        this.node = node;
        this.demotion = demotion;
    }

    /** Which fenced transactions this thread may have open. */
    OpenFences open() {
        return open;
    }

    Dialect dialect() {
        return node.fence().dialect();
    }

    /** After it has returned, no clock matters: as long as the transaction is open, nobody else can begin a term. */
    @Override
    public void take(HeldTerm leadership, Connection connection) {
        take(leadership, connection, false);
        open.fenced(leadership.election(), connection);
    }

    /**
     * @param local whether we will commit the transaction ourselves
     */
    void take(HeldTerm leadership, Connection connection, boolean local) {
        TermKey term = leadership.key();
        leadership.checkValid();
        JdbcFence fence = node.fence();
        FenceChecks.beforehand(connection, term, fence.dialect());
        Answer found;
        try {
            found = fence.take(connection, term, idle(leadership), local);
        } catch (SQLException e) {
            throw failed(leadership, fence, connection, e);
        }
        switch (found.state()) {
            case OPEN -> {}
            case READ_ONLY -> throw FenceChecks.readOnly(term, null);
            case ENDED, MISSING -> throw ended(leadership, found);
        }
    }

    /**
     * Finds out before any work is done whether the term is to be seen on a connection: one that leads to another database
     * than ours could never be fenced. An address is asked once; whatever else is wrong with it, the fence will tell.
     */
    void checkDatabase(HeldTerm leadership, Connection connection) {
        String url = FenceChecks.url(connection);
        if (proven.contains(url)) {
            return;
        }
        JdbcFence fence = node.fence();
        try {
            Answer found = fence.look(connection, leadership.key());
            if (found.state() != State.OPEN) {
                throw ended(leadership, found);
            }
            proven.add(url);
        } catch (SQLException e) {
            throw FenceChecks.refused(leadership.key(), fence.dialect(), connection, node.tables(), e);
        }
    }

    /** Long enough for a commit and a pause before it, short enough for whoever waits to take over. */
    static Duration idle(HeldTerm leadership) {
        Duration third = leadership.ttl().dividedBy(3);
        Duration most = third.compareTo(MAX_IDLE) < 0 ? third : MAX_IDLE;
        return most.compareTo(MIN_IDLE) < 0 ? MIN_IDLE : most;
    }

    /** From REPEATABLE READ on, an end of the term that is younger than the snapshot shows as a conflict. */
    private RuntimeException failed(HeldTerm leadership, JdbcFence fence, Connection connection, SQLException e) {
        TermKey term = leadership.key();
        if (fence.dialect().classify(e) == Failure.CONFLICT) {
            ReadResult.Election now = look(leadership);
            if (now != null && !stillOpen(term, now)) {
                return over(leadership, Answer.MISSING, now, e);
            }
        }
        return FenceChecks.refused(term, fence.dialect(), connection, node.tables(), e);
    }

    /** Not proof: the transaction may look at another database, or at an old snapshot. So our own connection is asked. */
    private RuntimeException ended(HeldTerm leadership, Answer found) {
        ReadResult.Election now = look(leadership);
        if (now != null && stillOpen(leadership.key(), now)) {
            ReadResult.Election again = look(leadership); // the one before was perhaps sent before the term ended
            now = again == null ? now : again;
        }
        if (now == null && found.state() == State.MISSING) {
            return FenceChecks.over(leadership.key(), found, null, null);
        }
        return now != null && stillOpen(leadership.key(), now)
                ? FenceChecks.unseen(leadership.key())
                : over(leadership, found, now, null);
    }

    /** Proof that the term is over: nobody shall believe in it any longer. */
    private RuntimeException over(
            HeldTerm leadership, Answer found, ReadResult.@Nullable Election now, @Nullable Throwable cause) {
        TermKey term = leadership.key();
        String reason = found.endReason() != null || now == null ? found.endReason() : now.endReason();
        boolean ended = found.state() == State.ENDED || reason != null;
        LossReason loss = ended ? LossReason.SUPERSEDED : LossReason.TERM_MISSING;
        leadership.end(loss);
        demotion.accept(term, loss);
        ReadResult.Term successor = now == null ? null : now.openTerm();
        return FenceChecks.over(
                term,
                new Answer(ended ? State.ENDED : State.MISSING, reason, found.endedAt()),
                successor == null ? null : leader(term, successor),
                cause);
    }

    private static boolean stillOpen(TermKey term, ReadResult.Election now) {
        ReadResult.Term open = now.openTerm();
        return open != null && open.token() == term.token() && open.holderId().equals(term.holderId());
    }

    private static Leader leader(TermKey term, ReadResult.Term open) {
        return new Leader(
                term.election(), open.nodeName(), open.token(), open.startedAt(), open.metadata(), Duration.ZERO);
    }

    /** What our own connection sees; null if it does not answer. Many that ask at the same time share one answer. */
    private ReadResult.@Nullable Election look(HeldTerm leadership) {
        TermKey term = leadership.key();
        Duration bound = Timing.callTimeout(leadership.ttl());
        CompletableFuture<ReadResult> answer = looks.computeIfAbsent(term, key -> {
            Map<String, Long> followed = Map.of(key.election(), key.token());
            return node.ask(AsyncStore.Kind.OTHER, bound, store -> store.read(followed));
        });
        try {
            return NodeRuntime.await(answer, bound).elections().get(term.election());
        } catch (LeaderLeaseException unknown) {
            return null; // the caller says less, but nothing wrong
        } finally {
            looks.remove(term, answer);
        }
    }

    @Override
    public <T, X extends Exception> T inTransaction(HeldTerm leadership, Leadership.Work<T, X> work) throws X {
        return transactions().run(leadership, work);
    }

    FencedTransactions transactions() {
        return new FencedTransactions(this, node.connections());
    }

    /** A term of another coordinator may be on another database, which ours knows nothing of; and a test's is on none. */
    HeldTerm own(Leadership leadership) {
        if (leadership instanceof HeldTerm term && term.isOf(this)) {
            return term;
        }
        throw new IllegalStateException("term " + leadership.fencingToken() + " of election '" + leadership.election()
                + "' was not won through this coordinator: run the transaction with the one that it was won through");
    }

    /** Whether this thread has a fenced transaction open, as far as can be told. */
    boolean holds(String election) {
        return open.holds(election, connection -> dialect().insideTransaction(connection));
    }

    /** Giving up a lease waits for the fences in flight, so whoever holds one would wait for itself. */
    void refuseInside(String what, String election) {
        if (holds(election)) {
            throw new IllegalStateException(what + " was called while a transaction that is fenced for election '"
                    + election + "' is open on the same thread, and would wait for it: commit or roll back first");
        }
    }

    /** The same for all elections that this thread has fenced with. */
    void refuseInside(String what) {
        open.elections().forEach(election -> refuseInside(what, election));
    }
}
