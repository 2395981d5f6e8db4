package io.github.leaderlease;

import io.github.leaderlease.spi.TermKey;
import java.io.Serial;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A fence was refused because its term is over, so the transaction must not commit: roll it back. There is nothing to
 * retry; whoever leads now does the work.
 */
public final class NotLeaderException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * What is known of the end of a term.
     *
     * @param inDatabase whether the database says so
     */
    record End(
            boolean inDatabase,
            @Nullable LossReason reason,
            @Nullable Instant at,
            @Nullable Leader successor) {}

    /** The election's name. */
    private final String election;

    /** The number of the term that is over. */
    private final long fencingToken;

    /** Whether the database said so. */
    private final boolean inDatabase;

    /** Not kept when serialized: the message says it all. */
    private final transient @Nullable End end;

    /**
     * As it is thrown when the lease was not renewed in time, without asking the database; for tests of one's own code.
     *
     * @param leadership the term that is over
     */
    public NotLeaderException(Leadership leadership) {
        this(leadership.election(), leadership.fencingToken(), new End(false, null, null, null), null);
    }

    NotLeaderException(String election, long fencingToken, End end, @Nullable Throwable cause) {
        super(message(election, fencingToken, end), cause);
        this.election = election;
        this.fencingToken = fencingToken;
        this.inDatabase = end.inDatabase();
        this.end = end;
    }

    /** Known without asking the database, from the clock or from an earlier fence. */
    static NotLeaderException over(TermKey term, @Nullable LossReason found) {
        LossReason missing = found == LossReason.TERM_MISSING ? found : null;
        End end = new End(found != null, missing, null, null);
        return new NotLeaderException(term.election(), term.token(), end, null);
    }

    private static String message(String election, long token, End end) {
        StringBuilder text = new StringBuilder("election '" + election + "', term " + token + ": ");
        if (!end.inDatabase()) {
            text.append("the lease was given up or not renewed in time (the database was not asked)");
        } else if (end.reason() == LossReason.TERM_MISSING) {
            text.append("the database has no such term of this holder");
        } else {
            text.append("the term has ended");
            text.append(end.at() == null ? "" : " at " + end.at());
            text.append(end.reason() == null ? "" : " (" + end.reason() + ")");
        }
        if (end.successor() != null) {
            text.append("; ").append(end.successor().node()).append(" leads in term ");
            text.append(end.successor().fencingToken());
        }
        return text.append("; roll back, this transaction must not commit").toString();
    }

    /**
     * The election.
     *
     * @return its name
     */
    public String election() {
        return election;
    }

    /**
     * The term that is over.
     *
     * @return its fencing token
     */
    public long fencingToken() {
        return fencingToken;
    }

    /**
     * Why the term is over.
     *
     * @return as its row says; {@link LossReason#TERM_MISSING} if there is no such term under this holder, because its row was
     *     deleted or a failover has lost it; empty if nobody was asked just now
     */
    public Optional<LossReason> reason() {
        return Optional.ofNullable(end).map(End::reason);
    }

    /**
     * Whether the database says that the term is over.
     *
     * @return true if so, now or to an earlier fence of the term; false if it was not asked, because this process has given the
     *     lease up or not renewed it in time by its own clocks
     */
    public boolean inDatabase() {
        return inDatabase;
    }

    /**
     * When the term ended, by the database's clock; for people.
     *
     * @return as its row says, or empty if that is not known
     */
    public Optional<Instant> endedAt() {
        return Optional.ofNullable(end).map(End::at);
    }

    /**
     * Who leads instead.
     *
     * @return the leader that was found, or empty if there was none or nobody could be asked
     */
    public Optional<Leader> successor() {
        return Optional.ofNullable(end).map(End::successor);
    }
}
