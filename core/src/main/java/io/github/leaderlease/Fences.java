package io.github.leaderlease;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.JdbcFence;
import io.github.leaderlease.spi.JdbcFence.Finding;
import io.github.leaderlease.spi.JdbcFence.State;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.Reading;
import io.github.leaderlease.spi.TermKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The fences of one coordinator's terms. All of it happens on the caller's thread, in the caller's transaction. */
final class Fences {

    private static final Duration MIN_IDLE = Duration.ofSeconds(1);
    private static final Duration MAX_IDLE = Duration.ofSeconds(10);

    private final Node node;
    private final BiConsumer<TermKey, LossReason> demotion;
    private final OpenFences open = new OpenFences();

    /**
     * @param demotion told of a term that turned out to be over
     */
    Fences(Node node, BiConsumer<TermKey, LossReason> demotion) {
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
    void fence(Leadership leadership, Connection connection) {
        fence(leadership, connection, false);
    }

    /**
     * @param local whether we will commit the transaction ourselves
     */
    void fence(Leadership leadership, Connection connection, boolean local) {
        TermKey term = leadership.key();
        if (!leadership.isValid()) {
            throw NotLeaderException.expired(term);
        }
        FenceChecks.beforehand(connection, term);
        JdbcFence fence = node.fence();
        Finding found;
        try {
            found = fence.take(connection, term, idle(leadership), local);
        } catch (SQLException e) {
            throw failed(leadership, fence, connection, e);
        }
        switch (found.state()) {
            case OPEN -> open.fenced(term.election(), connection);
            case READ_ONLY -> throw FenceChecks.readOnly(term, null);
            case ENDED -> throw over(leadership, found, look(leadership), null);
            case MISSING -> throw missing(leadership, found);
        }
    }

    /** Long enough for a commit and a pause before it, short enough for whoever waits to take over. */
    static Duration idle(Leadership leadership) {
        Duration third = leadership.ttl().dividedBy(3);
        Duration most = third.compareTo(MAX_IDLE) < 0 ? third : MAX_IDLE;
        return most.compareTo(MIN_IDLE) < 0 ? MIN_IDLE : most;
    }

    /** From REPEATABLE READ on, an end of the term that is younger than the snapshot shows as a conflict. */
    private RuntimeException failed(Leadership leadership, JdbcFence fence, Connection connection, SQLException e) {
        TermKey term = leadership.key();
        if (fence.dialect().classify(e) == Failure.CONFLICT) {
            Reading.Election now = look(leadership);
            if (now != null && !stillOpen(term, now)) {
                return over(leadership, Finding.MISSING, now, e);
            }
        }
        return FenceChecks.refused(term, fence.dialect(), connection, node.tables(), e);
    }

    /** Not proof: the transaction may look at another database, or at an old snapshot. So our own connection is asked. */
    private RuntimeException missing(Leadership leadership, Finding found) {
        Reading.Election now = look(leadership);
        if (now == null) {
            return FenceChecks.over(leadership.key(), found, null, null);
        }
        return stillOpen(leadership.key(), now)
                ? FenceChecks.unseen(leadership.key())
                : over(leadership, found, now, null);
    }

    /** Proof that the term is over: nobody shall believe in it any longer. */
    private RuntimeException over(
            Leadership leadership, Finding found, Reading.@Nullable Election now, @Nullable Throwable cause) {
        TermKey term = leadership.key();
        String reason = found.endReason() != null || now == null ? found.endReason() : now.endReason();
        boolean ended = found.state() == State.ENDED || reason != null;
        LossReason loss = ended ? LossReason.SUPERSEDED : LossReason.TERM_MISSING;
        leadership.end(loss);
        demotion.accept(term, loss);
        Reading.Term successor = now == null ? null : now.openTerm();
        return FenceChecks.over(
                term,
                new Finding(ended ? State.ENDED : State.MISSING, reason, found.endedAt()),
                successor == null ? null : leader(term, successor),
                cause);
    }

    private static boolean stillOpen(TermKey term, Reading.Election now) {
        Reading.Term open = now.openTerm();
        return open != null && open.token() == term.token() && open.holderId().equals(term.holderId());
    }

    private static Leader leader(TermKey term, Reading.Term open) {
        return new Leader(
                term.election(), open.nodeName(), open.token(), open.startedAt(), open.metadata(), Duration.ZERO);
    }

    /** What our own connection sees; null if it does not answer. */
    private Reading.@Nullable Election look(Leadership leadership) {
        TermKey term = leadership.key();
        Map<String, Long> followed = Map.of(term.election(), term.token());
        Duration bound = Timing.attempt(leadership.ttl());
        try {
            Reading now = Node.await(node.ask(StoreCalls.Kind.OTHER, bound, store -> store.read(followed)), bound);
            return now.elections().get(term.election());
        } catch (LeaderLeaseException unknown) {
            return null; // the caller says less, but nothing wrong
        }
    }

    /** Giving up a lease waits for the fences in flight, so whoever holds one would wait for itself. */
    void refuseInside(String what, String election) {
        if (open.holds(election, connection -> dialect().insideTransaction(connection))) {
            throw new IllegalStateException(what + " was called inside a fenced transaction of election '" + election
                    + "' on the same thread, and would wait for it: commit or roll back first");
        }
    }

    /** The same for all elections that this thread has fenced with. */
    void refuseInside(String what) {
        open.elections().forEach(election -> refuseInside(what, election));
    }
}
