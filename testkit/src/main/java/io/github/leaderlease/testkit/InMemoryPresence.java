package io.github.leaderlease.testkit;

import io.github.leaderlease.spi.PresenceStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The two tables of who stands for what, in memory. Whoever calls holds the database's monitor. */
final class InMemoryPresence implements PresenceStore {

    private record NodeRow(Node node, Instant renewedAt) {}

    private record CandidateRow(Entry entry, String nodeId, Instant since) {}

    private final InMemoryDatabase database;
    private final Map<String, NodeRow> nodes = new TreeMap<>();
    private final Map<String, Map<String, CandidateRow>> candidates = new HashMap<>();

    InMemoryPresence(InMemoryDatabase database) {
        this.database = database;
    }

    @Override
    public boolean announce(Node node, List<Entry> standing, Collection<String> left) {
        boolean known = nodes.put(node.nodeId(), new NodeRow(node, database.now())) != null;
        left.forEach(election -> of(election).remove(node.nodeId()));
        standing.forEach(entry ->
                of(entry.election()).put(node.nodeId(), new CandidateRow(entry, node.nodeId(), database.now())));
        return known;
    }

    private Map<String, CandidateRow> of(String election) {
        return candidates.computeIfAbsent(election, name -> new TreeMap<>());
    }

    @Override
    public boolean leave(String nodeId) {
        boolean known = nodes.remove(nodeId) != null;
        candidates.values().forEach(rows -> rows.remove(nodeId));
        return known;
    }

    @Override
    public boolean sweep(Duration silence) {
        Instant oldest = database.now().minus(silence);
        return nodes.values().stream()
                .filter(row -> row.renewedAt().isBefore(oldest))
                .map(row -> row.node().nodeId())
                .findFirst()
                .map(this::leave)
                .orElse(false);
    }

    @Override
    public Map<String, Heir> heirs(Collection<String> elections, String exceptNodeId, @Nullable String nodeName) {
        Map<String, Heir> heirs = new HashMap<>();
        for (String election : elections) {
            CandidateRow asks = of(election).get(exceptNodeId);
            inOrder(election, asks == null ? null : asks.entry().holderId())
                    .filter(row -> !row.nodeId().equals(exceptNodeId))
                    .map(this::heir)
                    .filter(heir -> nodeName == null || heir.nodeName().equals(nodeName))
                    .findFirst()
                    .ifPresent(heir -> heirs.put(election, heir));
        }
        return heirs;
    }

    /** By priority, then in the ring of holder ids, beginning behind one of them. */
    private Stream<CandidateRow> inOrder(String election, @Nullable String behind) {
        return of(election).values().stream()
                .filter(row -> row.entry().eligible() && present(row) != null)
                .sorted(Comparator.comparing((CandidateRow row) -> row.entry().priority(), Comparator.reverseOrder())
                        .thenComparing(row -> !fresh(row))
                        .thenComparing(
                                row -> behind == null || row.entry().holderId().compareTo(behind) <= 0)
                        .thenComparing(row -> row.entry().holderId()));
    }

    /** Heard of when it should have been. */
    private boolean fresh(CandidateRow row) {
        NodeRow node = Objects.requireNonNull(nodes.get(row.nodeId()));
        Duration usual = node.node().ttl().multipliedBy(2).dividedBy(5);
        return node.renewedAt().plus(usual).isAfter(database.now());
    }

    private Heir heir(CandidateRow row) {
        String name = Objects.requireNonNull(nodes.get(row.nodeId())).node().nodeName();
        return new Heir(row.nodeId(), name, row.entry().priority());
    }

    @Override
    public Map<String, Integer> ranks(Collection<String> elections, String nodeId) {
        Map<String, Integer> ranks = new HashMap<>();
        for (String election : elections) {
            InMemoryDatabase.TermRow open = database.openTerm(election);
            String leader = open == null ? null : open.holderId();
            List<String> order = inOrder(election, leader)
                    .filter(row -> !row.entry().holderId().equals(leader))
                    .map(CandidateRow::nodeId)
                    .toList();
            if (order.contains(nodeId)) {
                ranks.put(election, order.indexOf(nodeId));
            }
        }
        return ranks;
    }

    @Override
    public List<Present> candidates(String election) {
        return of(election).values().stream()
                .flatMap(row -> Optional.ofNullable(present(row)).stream())
                .sorted(Comparator.comparing(Present::eligible)
                        .thenComparing(Present::priority)
                        .reversed()
                        .thenComparing(Present::since)
                        .thenComparing(Present::nodeName))
                .toList();
    }

    private @Nullable Present present(CandidateRow row) {
        NodeRow node = nodes.get(row.nodeId());
        Instant now = database.now();
        if (node == null || !node.renewedAt().plus(node.node().ttl()).isAfter(now)) {
            return null;
        }
        return new Present(
                row.entry().election(),
                node.node().nodeName(),
                node.node().label(),
                row.entry().priority(),
                row.entry().eligible(),
                row.since(),
                Duration.between(node.renewedAt(), now));
    }
}
