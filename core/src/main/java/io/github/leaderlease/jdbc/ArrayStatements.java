package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.LeaseStore.ReadRequest;
import io.github.leaderlease.spi.LeaseStore.RenewResult;
import io.github.leaderlease.spi.ReadResult;
import io.github.leaderlease.spi.TermKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** What goes over any number of elections in one statement, on databases that take arrays. */
final class ArrayStatements {

    private ArrayStatements() {}

    /** All in one statement, which tells of those only that are not as known. */
    static ReadResult read(Query query, Standing standing, List<ReadRequest> followed) {
        Map<String, ReadResult.Election> elections = new HashMap<>();
        on(query, followed)
                .texts("election", ReadRequest::election)
                .numbers("token", f -> f.known() == null ? -1 : f.known().token())
                .numbers("renewal", f -> f.known() == null ? -1 : f.known().renewal())
                .numbers("term", f -> f.known() == null ? -1 : f.known().openTerm())
                .numbers("told", ReadRequest::knownTerm);
        String incarnation = Rows.read(query, standing, Rows::changed, elections);
        return new ReadResult(incarnation, standing.session(), elections);
    }

    /** Where all is well, the answer is one number. */
    static Map<String, RenewResult> renew(Query query, List<TermKey> terms) {
        on(query.bind("asked", terms.size()), terms)
                .texts("election", TermKey::election)
                .numbers("token", TermKey::token)
                .texts("holder", TermKey::holderId);
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

    static <S extends SqlStatement<S>, T> Rowwise<S, T> on(S statement, List<T> rows) {
        return new Rowwise<>(statement, rows);
    }

    /** Binds columns of rows as arrays. */
    record Rowwise<S extends SqlStatement<S>, T>(S statement, List<T> rows) {

        Rowwise<S, T> texts(String name, Function<T, @Nullable String> column) {
            List<@Nullable String> values = new ArrayList<>(rows.size());
            rows.forEach(row -> values.add(column.apply(row)));
            statement.bindArray(name, String.class, values);
            return this;
        }

        Rowwise<S, T> numbers(String name, ToLongFunction<T> column) {
            statement.bindArray(
                    name, Long.class, rows.stream().map(column::applyAsLong).toList());
            return this;
        }
    }
}
