package io.github.leaderlease.jdbc;

import java.util.List;
import java.util.Optional;

/** The statements about who stands for what. */
final class PresenceSql {

    final String find;
    final String renewNode;
    final Optional<String> renewNodeAtOnce;
    final String insertNode;
    final String deleteEntries;
    final String insertEntries;
    final String entry;
    final String deleteAll;
    final String deleteNode;
    final String silentNode;
    final String orphan;
    final String heirs;
    final String ranks;
    final String candidates;

    PresenceSql(Texts texts) {
        find = texts.fill(FIND);
        renewNode = texts.fill("update {node} set renewed_at = {now} where node_id = :nodeId");
        renewNodeAtOnce = texts.dialect().arrays(List.of("name text")).map(arrays -> renewNode + " returning node_id");
        insertNode = texts.fill("insert into {node} (node_id, node_name, label, ttl_ms, started_at, renewed_at)"
                + " values (:nodeId, :nodeName, :label, :ttl, {now}, {now})");
        deleteEntries = texts.fill("delete from {candidate} where node_id = :nodeId and election_name in (<names>)");
        insertEntries = texts.fill(
                "insert into {candidate} (election_name, holder_id, node_id, priority, eligible, since) values ");
        entry = texts.fill("(?, ?, ?, ?, ?, {now})");
        deleteAll = texts.fill("delete from {candidate} where node_id = :nodeId");
        deleteNode = texts.fill("delete from {node} where node_id = :nodeId");
        silentNode = texts.fill("select node_id from {node} where renewed_at < "
                + texts.dialect().nowPlusMillis("(0 - :silence)")
                + " order by renewed_at limit 1 for update skip locked");
        orphan = texts.fill("select c.node_id from {candidate} c left join {node} n on n.node_id = c.node_id"
                + " where n.node_id is null limit 1");
        heirs = texts.fill(HEIRS);
        ranks = texts.fill(RANKS);
        candidates = texts.fill(CANDIDATES);
    }

    /** Uses both tables: if somebody has locked one of them, a query is all that MySQL gives up in less than a second. */
    private static final String FIND = """
            select n.node_id
            from (select 1 as one) i
            left join {node} n on n.node_id = :nodeId
            left join {candidate} c on c.node_id = :nodeId
            limit 1
            """;

    /**
     * Of those with one priority rather one that was heard of when it should have been: others may have crashed just now. Of
     * those the next one in the ring of holder ids, seen from the leader's. The ids are random and differ from election to
     * election: so the others share the elections of a leader, and each has its turn.
     */
    static final String ORDER = "order by c.priority desc, case when {fresh} then 0 else 1 end,"
            + " case when c.holder_id > o.holder_id then 0 else 1 end, c.holder_id";

    private static final String HEIRS = """
            select h.election_name, h.node_id, h.node_name, h.priority
            from (select c.election_name, c.node_id, n.node_name, c.priority,
                         row_number() over (partition by c.election_name {order}) as place
                  from {candidate} c
                  join {node} n on n.node_id = c.node_id
                  left join {candidate} o on o.election_name = c.election_name and o.node_id = :nodeId
                  where c.election_name in (<names>) and c.node_id <> :nodeId and c.eligible = 1 and {there}
                    and (:nodeName = '' or n.node_name = :nodeName)) h
            where h.place = 1
            """;

    private static final String RANKS = """
            select r.election_name, r.place - 1 as ahead
            from (select c.election_name, c.node_id,
                         row_number() over (partition by c.election_name {order}) as place
                  from {candidate} c
                  join {node} n on n.node_id = c.node_id
                  left join {term} o on {openOf}
                  where c.election_name in (<names>) and c.eligible = 1 and {there}
                    and (o.holder_id is null or o.holder_id <> c.holder_id)) r
            where r.node_id = :nodeId
            """;

    private static final String CANDIDATES = """
            select c.election_name, n.node_name, n.label, c.priority, c.eligible, {since} as since_ms, {silence} as silence_ms
            from {candidate} c join {node} n on n.node_id = c.node_id
            where c.election_name = :election and {there}
            order by c.eligible desc, c.priority desc, c.since, n.node_name
            """;
}
