package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.LeaseStore.ReleaseRequest;
import io.github.leaderlease.spi.TermKey;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * One transaction that ends many terms as {@link Release} ends one, with the same locks in the same order (fence, term,
 * lease), but waiting for none of them: what somebody else holds is left out. So it cannot deadlock.
 */
final class ManyReleases {

    private ManyReleases() {}

    /** The elections that were released, where arrays can be passed. */
    static Set<String> together(Handle tx, ManySql sql, List<ReleaseRequest> requests) {
        Set<String> granted = ArrayStatements.on(tx.createQuery(sql.takeFences), requests)
                .texts("election", each -> each.term().election())
                .numbers("fence", each -> FenceKey.of(each.term().election()))
                .statement()
                .mapTo(String.class)
                .set();
        List<ReleaseRequest> open = picked(tx, sql.pickOwnTerms, only(requests, granted));
        List<ReleaseRequest> held = picked(tx, sql.pickOwnLeases, open);
        if (held.isEmpty()) {
            return Set.of();
        }
        ArrayStatements.on(tx.createUpdate(sql.end), held)
                .texts("election", each -> each.term().election())
                .numbers("token", each -> each.term().token())
                .texts("reason", ReleaseRequest::reason)
                .statement()
                .execute();
        ArrayStatements.on(tx.createUpdate(sql.vacate), held)
                .texts("election", each -> each.term().election())
                .texts("heir", ReleaseRequest::heir)
                .statement()
                .execute();
        return names(held);
    }

    /** Those whose rows are theirs and in nobody else's hands. */
    private static List<ReleaseRequest> picked(Handle tx, String sql, List<ReleaseRequest> requests) {
        if (requests.isEmpty()) {
            return requests;
        }
        Set<String> picked = ArrayStatements.on(tx.createQuery(sql), requests)
                .texts("election", each -> each.term().election())
                .numbers("token", each -> each.term().token())
                .texts("holder", each -> each.term().holderId())
                .statement()
                .mapTo(String.class)
                .set();
        return only(requests, picked);
    }

    /** The same where lists are bound: there the lock on the open term is the exclusive side of the fence. */
    static Set<String> inChunk(Handle tx, LeaseSql sql, List<ReleaseRequest> requests) {
        List<ReleaseRequest> open = pickedInChunk(tx, sql.pickOpen, requests);
        List<ReleaseRequest> held = pickedInChunk(tx, sql.pickOwn, open);
        if (held.isEmpty()) {
            return Set.of();
        }
        Map<String, List<ReleaseRequest>> byReason =
                held.stream().collect(Collectors.groupingBy(ReleaseRequest::reason));
        byReason.forEach((reason, some) -> tx.createUpdate(sql.endPicked)
                .bind("reason", reason)
                .bindList("names", List.copyOf(names(some)))
                .execute());
        Map<String, List<ReleaseRequest>> byHeir =
                held.stream().collect(Collectors.groupingBy(each -> Objects.requireNonNullElse(each.heir(), "")));
        byHeir.forEach((heir, some) -> tx.createUpdate(sql.vacatePicked)
                .bind("heir", heir.isEmpty() ? null : heir)
                .bindList("names", List.copyOf(names(some)))
                .execute());
        return names(held);
    }

    private static List<ReleaseRequest> pickedInChunk(Handle tx, String sql, List<ReleaseRequest> requests) {
        if (requests.isEmpty()) {
            return requests;
        }
        Set<TermKey> picked = new HashSet<>();
        tx.createQuery(sql)
                .bindList("names", List.copyOf(names(requests)))
                .map(Rows::ownTerm)
                .forEach(row -> picked.add(row.getKey()));
        return requests.stream().filter(each -> picked.contains(each.term())).toList();
    }

    private static List<ReleaseRequest> only(List<ReleaseRequest> requests, Set<String> elections) {
        return requests.stream()
                .filter(each -> elections.contains(each.term().election()))
                .toList();
    }

    private static Set<String> names(List<ReleaseRequest> requests) {
        return requests.stream().map(each -> each.term().election()).collect(Collectors.toSet());
    }
}
