package io.github.leaderlease.migrations;

import java.util.List;
import java.util.stream.Stream;

/** What roles try on the tables with the prefix {@code app_}. */
final class RoleStatements {

    static final String INSERT_LEASE = "insert into app_leader_lease (election_name, token, renewal, ttl_ms,"
            + " renewed_at, expires_at, acquired_incarnation) values ('job', 7, 1, 1000,"
            + " timestamp '2026-01-02 03:04:05', timestamp '2026-01-02 03:04:05', 'one')";
    static final String INSERT_TERM = "insert into app_leader_term (election_name, token, holder_id, node_name,"
            + " ttl_ms, started_at) values ('job', 7, 'h', 'n', 1000, timestamp '2026-01-02 03:04:05')";
    static final String RENEW = "update app_leader_lease set renewal = renewal + 1 where election_name = 'job'";
    static final String END_TERM =
            "update app_leader_term set ended_at = started_at, end_reason = 'EXPIRED' where election_name = 'job'";
    static final List<String> READS = List.of(
            "select * from app_leader_lease",
            "select * from app_leader_term",
            "select * from app_leader_installation",
            "select * from app_leader_node",
            "select * from app_leader_candidate",
            "select * from app_leader_candidates",
            "select * from app_leader_status");
    static final List<String> PRESENCE = List.of(
            "insert into app_leader_node (node_id, node_name, ttl_ms, started_at, renewed_at) values ('i', 'n', 1000,"
                    + " timestamp '2026-01-02 03:04:05', timestamp '2026-01-02 03:04:05')",
            "update app_leader_node set renewed_at = started_at",
            "insert into app_leader_candidate (election_name, holder_id, node_id, priority, eligible, since) values ('job', 'h', 'i',"
                    + " 0, 1, timestamp '2026-01-02 03:04:05')",
            "delete from app_leader_candidate",
            "delete from app_leader_node");

    private static final List<String> DESTRUCTION = List.of(
            "delete from app_leader_lease",
            "delete from app_leader_term",
            "delete from app_leader_installation",
            "update app_leader_installation set installation_id = 'x'",
            "insert into app_leader_installation (only_row, installation_id, created_at) values (2, 'x', timestamp"
                    + " '2026-01-02 03:04:05')",
            "truncate table app_leader_lease",
            "truncate table app_leader_node",
            "truncate table app_leader_term",
            "drop table app_leader_term",
            "drop view app_leader_status",
            "drop view app_leader_candidates",
            "alter table app_leader_lease add column x int",
            "alter table app_leader_term drop column metadata",
            "alter table app_leader_term drop column fence_touch",
            "create table app_other (id int)");

    private RoleStatements() {}

    /** What nobody but the owner may do. */
    static List<String> destruction(boolean postgresql) {
        String dropIndex = "drop index app_leader_term_open" + (postgresql ? "" : " on app_leader_term");
        return Stream.concat(DESTRUCTION.stream(), Stream.of(dropIndex)).toList();
    }
}
