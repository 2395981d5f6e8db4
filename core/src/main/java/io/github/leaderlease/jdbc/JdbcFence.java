package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.TableNames;
import io.github.leaderlease.spi.TermKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The shared side of the fence: two-phase locking against whatever ends a term. Runs in the transaction of whoever calls
 * it, on their connection, and changes no setting of the session. Stateless; safe for any thread.
 *
 * <p>Where a shared lock would not hold until the commit ({@link Dialect#touchFence}) it
 * updates the term's row instead, which every isolation level, replica and prepared transaction respects, and which lets the fences of one
 * leader queue behind each other.
 */
public final class JdbcFence {

    private static final Pattern PARAMETER = Pattern.compile(":([a-z]+)");

    private static final String TOUCH = """
            update {term} set fence_touch = fence_touch + 1
            where election_name = :election and token = :token and holder_id = :holder and ended_at is null""";

    private static final String LOOK = """
            select case when ended_at is null then 1 else 0 end as term_open, 0 as read_only, end_reason,
                   {ended} as ended_ms
            from {term} where election_name = :election and token = :token and holder_id = :holder""";

    /** What a fence found. */
    public enum State {
        /** The term is open, and no other begins before this transaction has ended. */
        OPEN,
        /** The term has ended. */
        ENDED,
        /** This transaction sees no such term under this holder. */
        MISSING,
        /** This transaction cannot write, so there is nothing to fence. */
        READ_ONLY
    }

    /**
     * What a fence found.
     *
     * @param state whether the transaction may commit
     * @param endReason why the term ended, if it did
     * @param endedAt when it ended by the database's clock, if it did
     */
    public record Answer(
            State state,
            @Nullable String endReason,
            @Nullable Instant endedAt) {

        /** The fence is held. */
        public static final Answer OPEN = new Answer(State.OPEN, null, null);

        /** No such term. */
        public static final Answer MISSING = new Answer(State.MISSING, null, null);
    }

    private final Dialect dialect;
    private final Text shared;
    private final Text touch;
    private final Text look;

    /**
     * Prepares the texts.
     *
     * @param dialect the one that accepts the connections to come
     * @param tables where the tables are
     */
    public JdbcFence(Dialect dialect, TableNames tables) {
        this.dialect = dialect;
        this.shared = Text.of(dialect.sharedFence(tables.term()));
        this.touch = Text.of(TOUCH.replace("{term}", tables.term()));
        this.look = Text.of(LOOK.replace("{term}", tables.term()).replace("{ended}", dialect.epochMillis("ended_at")));
    }

    /**
     * The dialect that this fence was made with.
     *
     * @return as given
     */
    public Dialect dialect() {
        return dialect;
    }

    /**
     * Takes the fence for a term until the transaction ends.
     *
     * @param connection in a transaction, to be committed next
     * @param term the term to fence with
     * @param idle how long the transaction may stand idle from now on, where the server lets a transaction say so
     * @param local whether the caller is sure that the transaction is no XA branch, which saves a question
     * @return what was found; only {@link State#OPEN} allows the commit
     * @throws SQLException if the server refuses; then the transaction is not fenced
     */
    public Answer take(Connection connection, TermKey term, Duration idle, boolean local) throws SQLException {
        if (!touches(connection, local)) {
            return run(connection, shared, term, idle);
        }
        try (PreparedStatement statement = touch.prepare(connection, term, idle)) {
            return statement.executeUpdate() == 1 ? Answer.OPEN : why(connection, term, idle);
        }
    }

    private boolean touches(Connection connection, boolean local) throws SQLException {
        return switch (dialect.touchFence()) {
            case NEVER -> false;
            case IN_XA -> !local && dialect.insideXa(connection);
            case ALWAYS -> true;
        };
    }

    /**
     * Looks at a term without a lock: what is found may be over by the time that the caller reads it.
     *
     * @param connection any
     * @param term the term to look for
     * @return what was found
     * @throws SQLException if the server refuses
     */
    public Answer look(Connection connection, TermKey term) throws SQLException {
        return run(connection, look, term, Duration.ZERO);
    }

    /** The update has decided. A look may show an older state and serves for the explanation only. */
    private Answer why(Connection connection, TermKey term, Duration idle) throws SQLException {
        Answer shown = run(connection, look, term, idle);
        return shown.state() == State.OPEN ? new Answer(State.ENDED, null, null) : shown;
    }

    /** Whatever else a dialect's text asks for, the answer is the row that tells about the term. */
    private static Answer run(Connection connection, Text text, TermKey term, Duration idle) throws SQLException {
        Answer found = Answer.MISSING;
        try (PreparedStatement statement = text.prepare(connection, term, idle)) {
            boolean rows = statement.execute();
            while (rows || statement.getUpdateCount() != -1) {
                if (rows) {
                    try (ResultSet row = statement.getResultSet()) {
                        boolean answers = row.getMetaData().getColumnLabel(1).equalsIgnoreCase("term_open");
                        found = answers && row.next() ? finding(row) : found;
                    }
                }
                rows = statement.getMoreResults(Statement.CLOSE_CURRENT_RESULT);
            }
        }
        return found;
    }

    private static Answer finding(ResultSet row) throws SQLException {
        if (row.getInt("read_only") != 0) {
            return new Answer(State.READ_ONLY, null, null);
        }
        if (row.getInt("term_open") != 0) {
            return Answer.OPEN;
        }
        long ended = row.getLong("ended_ms");
        return new Answer(State.ENDED, row.getString("end_reason"), Instant.ofEpochMilli(ended));
    }

    /** A statement, and what its question marks stand for. */
    private record Text(String sql, List<String> parameters) {

        static Text of(String named) {
            List<String> parameters = new ArrayList<>();
            Matcher names = PARAMETER.matcher(named);
            while (names.find()) {
                parameters.add(names.group(1));
            }
            return new Text(names.replaceAll("?"), List.copyOf(parameters));
        }

        PreparedStatement prepare(Connection connection, TermKey term, Duration idle) throws SQLException {
            PreparedStatement statement = connection.prepareStatement(sql);
            try {
                for (int i = 0; i < parameters.size(); i++) {
                    bind(statement, i + 1, parameters.get(i), term, idle);
                }
                return statement;
            } catch (SQLException | RuntimeException e) {
                statement.close();
                throw e;
            }
        }

        private static void bind(PreparedStatement statement, int at, String name, TermKey term, Duration idle)
                throws SQLException {
            switch (name) {
                case "fence" -> statement.setInt(at, FenceKey.of(term.election()));
                case "election" -> statement.setString(at, term.election());
                case "token" -> statement.setLong(at, term.token());
                case "holder" -> statement.setString(at, term.holderId());
                case "idle" -> statement.setLong(at, idle.toMillis());
                default -> throw new IllegalArgumentException("no such parameter of a fence: " + name);
            }
        }
    }
}
