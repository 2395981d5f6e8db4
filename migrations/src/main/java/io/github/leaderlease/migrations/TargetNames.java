package io.github.leaderlease.migrations;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the tables of one schema and prefix are called, for people and in SQL. */
record TargetNames(Server server, String schema, String prefix) {

    String where() {
        return server.engine().product() + " " + server.version() + ", schema '" + schema + "', table prefix '" + prefix
                + "': ";
    }

    String name(String table) {
        return schema + "." + prefix + table;
    }

    String history() {
        return prefix + "leader_lease_history";
    }

    /** Flyway quotes the name of its table, which matters where plain names are folded to upper case. */
    String historyInSql() {
        return schema + "." + (server.engine() == Database.H2 ? "\"" + history() + "\"" : history());
    }

    String drops() {
        Stream<String> views =
                Stream.of("leader_candidates", "leader_status").map(view -> "drop view if exists " + name(view));
        Stream<String> tables = Stream.of(
                        "leader_term", "leader_lease", "leader_candidate", "leader_node", "leader_installation")
                .map(table -> "drop table if exists " + name(table));
        return Stream.concat(views, tables).collect(Collectors.joining("; "));
    }
}
