package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.RenewResult;
import io.github.leaderlease.spi.TermKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** How one lease is renewed by itself, and how some are where arrays cannot be passed: picked first, to wait for nobody. */
final class Renewal {

    private Renewal() {}

    static RenewResult renewOne(Handle h, LeaseSql sql, BoundStatements bounded, TermKey term) {
        if (bounded.update(h, sql.renewOne).bindMethods(term).execute() == 1) {
            return RenewResult.RENEWED;
        }
        int rows = bounded.query(h, sql.exists)
                .bind("election", term.election())
                .mapTo(Integer.class)
                .one();
        return rows == 0 ? RenewResult.MISSING : RenewResult.SUPERSEDED;
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
