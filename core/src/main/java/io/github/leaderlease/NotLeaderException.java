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

    /** How it shows that the term is over. */
    public enum Finding {
        /** The lease was not renewed in time, by this process's own clocks; the database was not asked. */
        EXPIRED_LOCALLY,
        /** The term's row says that it has ended. */
        ENDED,
        /** There is no such term under this holder: its row was deleted, or a failover has lost it. */
        MISSING
    }

    /** What is known of the end of a term. */
    record End(
            Finding finding,
            @Nullable LossReason reason,
            @Nullable Instant at,
            @Nullable Leader successor) {}

    /** The election's name. */
    private final String election;

    /** The number of the term that is over. */
    private final long fencingToken;

    /** Not kept when serialized: the message says it all. */
    private final transient @Nullable End end;

    /**
     * As it is thrown when the lease was not renewed in time, without asking the database; for tests of one's own code.
     *
     * @param leadership the term that is over
     */
    public NotLeaderException(Leadership leadership) {
        this(
                leadership.election(),
                leadership.fencingToken(),
                new End(Finding.EXPIRED_LOCALLY, null, null, null),
                null);
    }

    NotLeaderException(String election, long fencingToken, End end, @Nullable Throwable cause) {
        super(message(election, fencingToken, end), cause);
        this.election = election;
        this.fencingToken = fencingToken;
        this.end = end;
    }

    /** Known without asking the database, from the clock or from an earlier fence. */
    static NotLeaderException over(TermKey term, @Nullable LossReason found) {
        Finding finding = found == null
                ? Finding.EXPIRED_LOCALLY
                : found == LossReason.TERM_MISSING ? Finding.MISSING : Finding.ENDED;
        return new NotLeaderException(term.election(), term.token(), new End(finding, null, null, null), null);
    }

    private static String message(String election, long token, End end) {
        StringBuilder text = new StringBuilder("election '" + election + "', term " + token + ": ");
        switch (end.finding()) {
            case EXPIRED_LOCALLY ->
                text.append("the lease was given up or not renewed in time (the database was not asked)");
            case ENDED -> text.append("the term has ended");
            case MISSING -> text.append("the database has no such term of this holder");
        }
        if (end.at() != null) {
            text.append(" at ").append(end.at());
        }
        if (end.reason() != null) {
            text.append(" (").append(end.reason()).append(')');
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
     * How it shows that the term is over.
     *
     * @return never null; {@link Finding#ENDED} after deserialization
     */
    public Finding finding() {
        return end == null ? Finding.ENDED : end.finding();
    }

    /**
     * Why the term ended.
     *
     * @return as its row says, or empty if that is not known
     */
    public Optional<LossReason> reason() {
        return Optional.ofNullable(end).map(End::reason);
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
