package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.LeaseStore.ReadRequest;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.ReadResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** How some elections are read where arrays cannot be passed. */
final class ChunkedRead {

    /** Looks in one statement: some servers limit how many there may be. */
    private static final int MOST_ENDS = 50;

    private ChunkedRead() {}

    static ReadResult read(
            Handle h, BoundStatements bounded, LeaseSql sql, Standing standing, List<ReadRequest> followed) {
        Map<String, ReadResult.Election> elections = new HashMap<>();
        String incarnation = null;
        for (List<ReadRequest> chunk : Chunks.of(followed)) {
            String seen = chunk(h, bounded, sql, standing, chunk, elections);
            if (incarnation != null && !incarnation.equals(seen)) {
                throw new LeaseStoreException(
                        Failure.UNAVAILABLE, "the database changed from " + incarnation + " to " + seen, null);
            }
            incarnation = seen;
        }
        return new ReadResult(Objects.requireNonNull(incarnation), standing.session(), elections);
    }

    /** Shows the elections in the map, and returns the database's incarnation. */
    private static String chunk(
            Handle h,
            BoundStatements bounded,
            LeaseSql sql,
            Standing standing,
            List<ReadRequest> followed,
            Map<String, ReadResult.Election> into) {
        List<String> names = followed.stream().map(ReadRequest::election).toList();
        names.forEach(name -> into.put(name, new ReadResult.Election(null, null, null)));
        Query query = bounded.patientQuery(h, sql.read).bindList("names", names);
        String incarnation = Rows.read(query, standing, Rows::election, into);
        addEndReasons(h, bounded, sql, followed, into);
        return incarnation;
    }

    /** A second look, only for those whose term that the reader followed is not the open one any more. */
    private static void addEndReasons(
            Handle h,
            BoundStatements bounded,
            LeaseSql sql,
            List<ReadRequest> followed,
            Map<String, ReadResult.Election> into) {
        List<ReadRequest> ended =
                followed.stream().filter(each -> hasEnded(each, into)).toList();
        for (int from = 0; from < ended.size(); from += MOST_ENDS) {
            List<ReadRequest> some = ended.subList(from, Math.min(ended.size(), from + MOST_ENDS));
            endReasons(h, bounded, sql, some)
                    .forEach((name, reason) -> into.computeIfPresent(
                            name, (n, seen) -> new ReadResult.Election(seen.lease(), seen.openTerm(), reason)));
        }
    }

    private static boolean hasEnded(ReadRequest each, Map<String, ReadResult.Election> seen) {
        ReadResult.Election election = seen.get(each.election());
        ReadResult.Term open = election == null ? null : election.openTerm();
        return each.knownTerm() != 0 && (open == null || open.token() != each.knownTerm());
    }

    private static Map<String, String> endReasons(
            Handle h, BoundStatements bounded, LeaseSql sql, List<ReadRequest> ended) {
        List<String> looks = new ArrayList<>();
        ended.forEach(each -> looks.add(sql.endReasons));
        Query query = bounded.patientQuery(h, String.join(" union all ", looks));
        int at = 0;
        for (ReadRequest each : ended) {
            query.bind(at++, each.election()).bind(at++, each.knownTerm());
        }
        Map<String, String> reasons = new HashMap<>();
        query.map(row -> {
                    String reason = row.getColumn("end_reason", String.class);
                    if (reason != null) {
                        reasons.put(row.getColumn("election_name", String.class), reason);
                    }
                    return true;
                })
                .list();
        return reasons;
    }
}
