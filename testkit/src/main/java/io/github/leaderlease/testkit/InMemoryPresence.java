package io.github.leaderlease.testkit;

import io.github.leaderlease.spi.PresenceStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
    public Map<String, String> heirs(Collection<String> elections, String exceptNodeId) {
        Map<String, String> heirs = new HashMap<>();
        for (String election : elections) {
            Optional<String> heir = of(election).values().stream()
                    .filter(row -> !row.nodeId().equals(exceptNodeId) && present(row) != null)
                    .max(Comparator.comparingInt(row -> row.entry().priority()))
                    .map(CandidateRow::nodeId);
            heir.ifPresent(node -> heirs.put(election, node));
        }
        return heirs;
    }

    @Override
    public List<Present> candidates(String election) {
        return of(election).values().stream()
                .flatMap(row -> Optional.ofNullable(present(row)).stream())
                .sorted(Comparator.comparing(Present::priority)
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
                row.since(),
                Duration.between(node.renewedAt(), now));
    }
}
