package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.LeaseStore.AcquireRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.RowView;

/**
 * One transaction that opens many new terms as {@link Acquisition} opens one, with the same locks in the same order, but
 * waiting for none of them: what somebody else holds is left out. So it cannot deadlock, and it blocks nobody for long.
 */
final class ManyAcquisitions {

    private final ManySql sql;

    ManyAcquisitions(ManySql sql) {
        this.sql = sql;
    }

    /** An attempt, and the token of its new term. */
    private record Try(AcquireRequest request, long token) {
        String election() {
            return request.election();
        }

        ElectionVersion observed() {
            return request.observed();
        }
    }

    private record Newest(String election, String incarnation, long token) {
        static Newest of(RowView row) {
            Long newest = row.getColumn("newest", Long.class);
            long smallest = row.getColumn("now_ms", Long.class);
            return new Newest(
                    row.getColumn("election_name", String.class),
                    row.getColumn("incarnation", String.class),
                    Math.max(smallest, newest == null ? 0 : newest + 1));
        }
    }

    private record Version(String election, long token, long renewal) {
        static Version of(RowView row) {
            return new Version(
                    row.getColumn("election_name", String.class),
                    row.getColumn("token", Long.class),
                    row.getColumn("renewal", Long.class));
        }
    }

    /** The outcomes; an election that is missing was not tried. */
    Map<String, OptionalLong> attempt(Handle tx, List<AcquireRequest> requests) {
        Map<String, OptionalLong> outcomes = new HashMap<>();
        List<Try> tries = tokens(tx, fenced(tx, requests), outcomes);
        List<Try> held =
                asObserved(tx, termsPicked(tx, only(tries, t -> t.observed().rowPresent())), outcomes);
        end(tx, only(held, t -> t.observed().openTerm() != 0));
        take(tx, held);
        List<Try> opened = new ArrayList<>(held);
        opened.addAll(inserted(
                tx, only(tries, t -> !t.observed().rowPresent() && t.observed().openTerm() == 0), outcomes));
        open(tx, opened);
        opened.forEach(each -> outcomes.put(each.election(), OptionalLong.of(each.token)));
        return outcomes;
    }

    private List<AcquireRequest> fenced(Handle tx, List<AcquireRequest> requests) {
        Set<String> granted = ArrayStatements.on(tx.createQuery(sql.takeFences), requests)
                .texts("election", AcquireRequest::election)
                .numbers("fence", each -> FenceKey.of(each.election()))
                .statement()
                .mapTo(String.class)
                .set();
        return only(requests, each -> granted.contains(each.election()));
    }

    private List<Try> tokens(Handle tx, List<AcquireRequest> requests, Map<String, OptionalLong> outcomes) {
        if (requests.isEmpty()) {
            return List.of();
        }
        Map<String, Newest> newest = ArrayStatements.on(tx.createQuery(sql.present), requests)
                .texts("election", AcquireRequest::election)
                .statement()
                .map(Newest::of)
                .stream()
                .collect(Collectors.toMap(Newest::election, each -> each));
        List<Try> tries = new ArrayList<>();
        for (AcquireRequest request : requests) {
            Newest shown = Objects.requireNonNull(newest.get(request.election()));
            if (shown.incarnation().equals(request.observed().incarnation())) {
                long known = Math.max(request.highestToken(), request.observed().token());
                tries.add(new Try(request, Math.max(shown.token(), known + 1)));
            } else {
                outcomes.put(request.election(), OptionalLong.empty());
            }
        }
        return tries;
    }

    /** Those without an open term, and those whose open term is as observed and in nobody's hands. */
    private List<Try> termsPicked(Handle tx, List<Try> tries) {
        List<Try> ending = only(tries, each -> each.observed().openTerm() != 0);
        if (ending.isEmpty()) {
            return tries;
        }
        Set<String> picked = ArrayStatements.on(tx.createQuery(sql.pickTerms), ending)
                .texts("election", Try::election)
                .numbers("token", each -> each.observed().openTerm())
                .statement()
                .mapTo(String.class)
                .set();
        return only(tries, each -> each.observed().openTerm() == 0 || picked.contains(each.election()));
    }

    /** Those whose lease is as observed and in nobody's hands. */
    private List<Try> asObserved(Handle tx, List<Try> tries, Map<String, OptionalLong> outcomes) {
        if (tries.isEmpty()) {
            return tries;
        }
        Map<String, Version> picked = ArrayStatements.on(tx.createQuery(sql.pickLeases), tries)
                .texts("election", Try::election)
                .statement()
                .map(Version::of)
                .stream()
                .collect(Collectors.toMap(Version::election, each -> each));
        tries.stream()
                .filter(each -> picked.containsKey(each.election()))
                .forEach(each -> outcomes.put(each.election(), OptionalLong.empty()));
        return only(tries, each -> {
            ElectionVersion observed = each.observed();
            return new Version(each.election(), observed.token(), observed.renewal())
                    .equals(picked.get(each.election()));
        });
    }

    private void end(Handle tx, List<Try> tries) {
        if (!tries.isEmpty()) {
            ArrayStatements.on(tx.createUpdate(sql.end), tries)
                    .texts("election", Try::election)
                    .numbers("token", each -> each.observed().openTerm())
                    .texts("reason", each -> each.request.endReason())
                    .statement()
                    .execute();
        }
    }

    private void take(Handle tx, List<Try> tries) {
        if (!tries.isEmpty()) {
            ArrayStatements.on(tx.createUpdate(sql.take), tries)
                    .texts("election", Try::election)
                    .numbers("token", Try::token)
                    .texts("holder", each -> each.request.holderId())
                    .numbers("ttl", each -> each.request.ttl().toMillis())
                    .statement()
                    .bind("incarnation", tries.get(0).observed().incarnation())
                    .execute();
        }
    }

    /** Leases of new elections; somebody may have been quicker. */
    private List<Try> inserted(Handle tx, List<Try> tries, Map<String, OptionalLong> outcomes) {
        if (tries.isEmpty()) {
            return tries;
        }
        Set<String> inserted = ArrayStatements.on(tx.createQuery(sql.insertLeases), tries)
                .texts("election", Try::election)
                .numbers("token", Try::token)
                .texts("holder", each -> each.request.holderId())
                .numbers("ttl", each -> each.request.ttl().toMillis())
                .statement()
                .bind("incarnation", tries.get(0).observed().incarnation())
                .mapTo(String.class)
                .set();
        tries.forEach(each -> outcomes.put(each.election(), OptionalLong.empty()));
        return only(tries, each -> inserted.contains(each.election()));
    }

    private void open(Handle tx, List<Try> tries) {
        if (!tries.isEmpty()) {
            ArrayStatements.on(tx.createUpdate(sql.insertTerms), tries)
                    .texts("election", Try::election)
                    .numbers("token", Try::token)
                    .texts("holder", each -> each.request.holderId())
                    .texts("node", each -> each.request.nodeName())
                    .texts("metadata", each -> each.request.metadata())
                    .numbers("ttl", each -> each.request.ttl().toMillis())
                    .statement()
                    .execute();
        }
    }

    private static <T> List<T> only(List<T> all, Predicate<T> condition) {
        return all.stream().filter(condition).toList();
    }
}
