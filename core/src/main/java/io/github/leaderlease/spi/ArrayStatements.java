package io.github.leaderlease.spi;

import io.github.leaderlease.spi.LeaseStore.Follow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** What goes over any number of elections in one statement, on databases that take arrays. */
final class ArrayStatements {

    private ArrayStatements() {}

    /** All in one statement, which tells of those only that are not as known. */
    static Reading read(Handle h, String text, List<Follow> followed) {
        Map<String, Reading.Election> elections = new HashMap<>();
        Query query = h.createQuery(text);
        texts(query, "election", followed, Follow::election);
        numbers(
                query,
                "token",
                followed,
                f -> f.known() == null ? -1 : f.known().token());
        numbers(
                query,
                "renewal",
                followed,
                f -> f.known() == null ? -1 : f.known().renewal());
        numbers(query, "term", followed, f -> f.known() == null ? -1 : f.known().openTerm());
        numbers(query, "told", followed, Follow::told);
        List<String> incarnation = query.map(row -> {
                    String name = row.getColumn("election_name", String.class);
                    if (name != null) {
                        elections.put(name, Rows.changed(row));
                    }
                    return row.getColumn("incarnation", String.class);
                })
                .list();
        return new Reading(incarnation.get(0), elections);
    }

    /** Where all is well, the answer is one number. */
    static Map<String, RenewResult> renew(Handle h, String text, List<TermKey> terms) {
        Query query = h.createQuery(text).bind("asked", terms.size());
        texts(query, "election", terms, TermKey::election);
        numbers(query, "token", terms, TermKey::token);
        texts(query, "holder", terms, TermKey::holderId);
        List<Rows.Renewed> rows = query.map(Rows::renewed).list();
        boolean all = rows.get(0).count() == terms.size();
        Map<String, RenewResult> answers = new HashMap<>();
        if (all) {
            terms.forEach(term -> answers.put(term.election(), RenewResult.RENEWED));
        }
        for (Rows.Renewed row : rows) {
            if (row.election() != null) {
                answers.put(row.election(), row.stepDown() ? RenewResult.STEP_DOWN_REQUESTED : RenewResult.RENEWED);
            }
        }
        return answers;
    }

    private static <T> void texts(Query query, String name, List<T> rows, Function<T, String> column) {
        query.bindArray(name, String.class, rows.stream().map(column).toList());
    }

    private static <T> void numbers(Query query, String name, List<T> rows, ToLongFunction<T> column) {
        query.bindArray(name, Long.class, rows.stream().map(column::applyAsLong).toList());
    }
}
