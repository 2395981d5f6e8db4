package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import org.jdbi.v3.core.result.RowView;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** How rows become values. */
final class Rows {

    private Rows() {}

    /** Shows the elections of a read in the map, and returns the database's incarnation, which is in each row. */
    static String read(
            Query query,
            Standing standing,
            Function<RowView, ReadResult.Election> election,
            Map<String, ReadResult.Election> into) {
        return query.map(row -> {
                    standing.verify(row);
                    String name = row.getColumn("election_name", String.class);
                    if (name != null) {
                        into.put(name, election.apply(row));
                    }
                    return row.getColumn("incarnation", String.class);
                })
                .list()
                .get(0);
    }

    static ReadResult.Election election(RowView row) {
        ReadResult.Lease lease = null;
        Long token = row.getColumn("token", Long.class);
        if (token != null) {
            lease = new ReadResult.Lease(
                    token,
                    row.getColumn("renewal", Long.class),
                    row.getColumn("holder_id", String.class),
                    row.getColumn("heir_node_id", String.class),
                    Duration.ofMillis(row.getColumn("ttl_ms", Long.class)),
                    row.getColumn("acquired_incarnation", String.class),
                    Duration.ofMillis(row.getColumn("age_ms", Long.class)));
        }
        ReadResult.Term open = null;
        Long termToken = row.getColumn("term_token", Long.class);
        if (termToken != null) {
            open = new ReadResult.Term(
                    termToken,
                    row.getColumn("term_holder", String.class),
                    row.getColumn("node_name", String.class),
                    row.getColumn("metadata", String.class),
                    Duration.ofMillis(row.getColumn("term_ttl_ms", Long.class)),
                    Instant.ofEpochMilli(row.getColumn("started_ms", Long.class)));
        }
        return new ReadResult.Election(lease, open, null);
    }

    /** With the end of the term that the reader was told of. */
    static ReadResult.Election changed(RowView row) {
        ReadResult.Election election = election(row);
        return new ReadResult.Election(
                election.lease(), election.openTerm(), row.getColumn("end_reason", String.class));
    }

    /** How many leases were renewed, and one of them if there is something to tell about it. */
    record Renewed(long count, @Nullable String election, boolean stepDown) {}

    static Renewed renewed(RowView row) {
        String election = row.getColumn("election_name", String.class);
        Long stepDown = row.getColumn("step_down_token", Long.class);
        Long token = row.getColumn("token", Long.class);
        return new Renewed(row.getColumn("renewed", Long.class), election, stepDown != null && stepDown.equals(token));
    }

    /** A lease's term, and the token of the term that shall step down, 0 if none. */
    static Map.Entry<TermKey, Long> ownTerm(RowView row) {
        Long stepDown = row.getColumn("step_down_token", Long.class);
        String holder = row.getColumn("holder_id", String.class);
        TermKey term = new TermKey(
                row.getColumn("election_name", String.class),
                row.getColumn("token", Long.class),
                holder == null ? "" : holder);
        return Map.entry(term, stepDown == null ? 0L : stepDown);
    }
}
