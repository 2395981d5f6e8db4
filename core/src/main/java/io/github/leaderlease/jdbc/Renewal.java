package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.LeaseStore.RenewResult;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.TermKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** How leases are renewed where arrays cannot be passed: picked first, to wait for nobody; and why one was not. */
final class Renewal {

    private Renewal() {}

    /** Why a lease was not renewed. */
    static RenewResult explain(Handle h, LeaseSql sql, BoundStatements bounded, Standing standing, TermKey term) {
        RenewResult lost = bounded.patientQuery(h, sql.held)
                .bindMethods(term)
                .map(row -> {
                    standing.verify(row);
                    boolean held = row.getColumn("held", Integer.class) == 1;
                    boolean missing = row.getColumn("election_name", String.class) == null;
                    return held ? RenewResult.RENEWED : missing ? RenewResult.MISSING : RenewResult.SUPERSEDED;
                })
                .one();
        if (lost == RenewResult.RENEWED) {
            throw new LeaseStoreException(
                    Failure.BLOCKED, "cannot renew " + term.election() + ": somebody else has locked its row", null);
        }
        return lost;
    }

    static Map<String, RenewResult> pickAndRenew(Handle tx, LeaseSql sql, List<TermKey> chunk) {
        List<String> names = chunk.stream().map(TermKey::election).toList();
        Map<String, RenewResult> picked =
                answers(tx.createQuery(sql.pickOwn).bindList("names", names), Set.copyOf(chunk));
        if (!picked.isEmpty()) {
            tx.createUpdate(sql.renewPicked)
                    .bindList("names", List.copyOf(picked.keySet()))
                    .execute();
        }
        return picked;
    }

    /** Rows that belong to another term by now are no answer. */
    private static Map<String, RenewResult> answers(Query query, Set<TermKey> asked) {
        Map<String, RenewResult> answers = new HashMap<>();
        for (Map.Entry<TermKey, Long> row : query.map(Rows::ownTerm).list()) {
            TermKey term = row.getKey();
            if (asked.contains(term)) {
                boolean stepDown = row.getValue() == term.token();
                answers.put(term.election(), stepDown ? RenewResult.STEP_DOWN_REQUESTED : RenewResult.RENEWED);
            }
        }
        return answers;
    }
}
