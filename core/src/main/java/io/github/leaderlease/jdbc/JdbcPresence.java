package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.PresenceStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.RowView;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** Who stands for what, on the connection of a lease store. The two tables need not be there for anything else. */
final class JdbcPresence implements PresenceStore {

    private final Calls calls;
    private final PresenceSql sql;

    JdbcPresence(Calls calls, PresenceSql sql) {
        this.calls = calls;
        this.sql = sql;
    }

    @Override
    public boolean announce(Node node, List<Entry> standing, Collection<String> left) {
        String what = "write to " + calls.tables().node();
        boolean known = calls.run(what, h -> renewed(h, node));
        if (!known) {
            calls.run(what, h -> calls.transaction(h, tx -> insert(tx, node)));
        }
        List<String> names = Stream.concat(standing.stream().map(Entry::election), left.stream())
                .toList();
        for (List<String> some : Chunks.of(names)) {
            calls.run(
                    "write to " + calls.tables().candidate(),
                    h -> calls.transaction(h, tx -> replace(tx, node, standing, some)));
        }
        return known;
    }

    private boolean renewed(Handle h, Node node) {
        return sql.renewNodeAtOnce
                .map(text -> calls.bounded()
                        .query(h, text)
                        .bind("nodeId", node.nodeId())
                        .mapTo(String.class)
                        .findOne()
                        .isPresent())
                .orElseGet(() -> calls.transaction(h, tx -> isThere(tx, node) && renew(tx, node)));
    }

    private boolean renew(Handle tx, Node node) {
        return tx.createUpdate(sql.renewNode).bind("nodeId", node.nodeId()).execute() > 0;
    }

    private boolean isThere(Handle tx, Node node) {
        return tx.createQuery(sql.find)
                .bind("nodeId", node.nodeId())
                .map(row -> String.valueOf(row.getColumn("node_id", String.class)))
                .one()
                .equals(node.nodeId());
    }

    private boolean insert(Handle tx, Node node) {
        tx.createUpdate(sql.insertNode)
                .bind("nodeId", node.nodeId())
                .bind("nodeName", node.nodeName())
                .bind("label", node.label())
                .bind("ttl", node.ttl().toMillis())
                .execute();
        return true;
    }

    private boolean replace(Handle tx, Node node, List<Entry> standing, List<String> names) {
        Set<String> some = Set.copyOf(names);
        tx.createUpdate(sql.deleteEntries)
                .bind("nodeId", node.nodeId())
                .bindList("names", names)
                .execute();
        List<Entry> entries = standing.stream()
                .filter(entry -> some.contains(entry.election()))
                .toList();
        if (!entries.isEmpty()) {
            insertEntries(tx, node, entries);
        }
        return true;
    }

    private void insertEntries(Handle tx, Node node, List<Entry> entries) {
        String rows = String.join(", ", Collections.nCopies(entries.size(), sql.entry));
        Update insert = tx.createUpdate(sql.insertEntries + rows);
        int at = 0;
        for (Entry entry : entries) {
            insert.bind(at++, entry.election())
                    .bind(at++, entry.holderId())
                    .bind(at++, node.nodeId())
                    .bind(at++, entry.priority())
                    .bind(at++, entry.eligible() ? 1 : 0);
        }
        insert.execute();
    }

    @Override
    public boolean leave(String nodeId) {
        return calls.run(
                "delete from " + calls.tables().candidate(), h -> calls.transaction(h, tx -> remove(tx, nodeId)));
    }

    /** One at a time, and not one that comes back just now: so nobody waits for anybody. */
    @Override
    public boolean sweep(Duration silence) {
        return calls.run(
                "delete from " + calls.tables().candidate(),
                h -> calls.transaction(
                        h,
                        tx -> tx.createQuery(sql.silentNode)
                                .bind("silence", silence.toMillis())
                                .mapTo(String.class)
                                .findOne()
                                .or(() -> tx.createQuery(sql.orphan)
                                        .mapTo(String.class)
                                        .findOne())
                                .map(node -> remove(tx, node))
                                .orElse(false)));
    }

    private boolean remove(Handle tx, String nodeId) {
        int candidates = tx.createUpdate(sql.deleteAll).bind("nodeId", nodeId).execute();
        int nodes = tx.createUpdate(sql.deleteNode).bind("nodeId", nodeId).execute();
        return candidates + nodes > 0;
    }

    @Override
    public Map<String, Heir> heirs(Collection<String> elections, String exceptNodeId, @Nullable String nodeName) {
        return byElection(
                elections,
                query -> query.bind("nodeId", exceptNodeId).bind("nodeName", nodeName == null ? "" : nodeName),
                sql.heirs,
                row -> new Heir(
                        row.getColumn("node_id", String.class),
                        row.getColumn("node_name", String.class),
                        row.getColumn("priority", Integer.class)));
    }

    @Override
    public Map<String, Integer> ranks(Collection<String> elections, String nodeId) {
        return byElection(
                elections,
                query -> query.bind("nodeId", nodeId),
                sql.ranks,
                row -> row.getColumn("ahead", Integer.class));
    }

    private <T> Map<String, T> byElection(
            Collection<String> elections, UnaryOperator<Query> bind, String text, Function<RowView, T> value) {
        Map<String, T> all = new HashMap<>();
        for (List<String> some : Chunks.of(List.copyOf(elections))) {
            all.putAll(calls.run(
                    "read " + calls.tables().candidate(),
                    h -> bind.apply(calls.bounded().query(h, text).bindList("names", some))
                            .map(row -> Map.entry(row.getColumn("election_name", String.class), value.apply(row)))
                            .collectToMap(Map.Entry::getKey, Map.Entry::getValue)));
        }
        return all;
    }

    @Override
    public List<Present> candidates(String election) {
        return calls.run(
                "read " + calls.tables().candidate(),
                h -> calls.bounded()
                        .query(h, sql.candidates)
                        .bind("election", election)
                        .map(JdbcPresence::present)
                        .list());
    }

    private static Present present(RowView row) {
        return new Present(
                row.getColumn("election_name", String.class),
                row.getColumn("node_name", String.class),
                row.getColumn("label", String.class),
                row.getColumn("priority", Integer.class),
                row.getColumn("eligible", Integer.class) == 1,
                Instant.ofEpochMilli(row.getColumn("since_ms", Long.class)),
                Duration.ofMillis(row.getColumn("silence_ms", Long.class)));
    }
}
