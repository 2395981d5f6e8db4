package io.github.leaderlease.migrations;

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
        return "drop view if exists " + name("leader_status") + "; drop table if exists " + name("leader_term")
                + "; drop table if exists " + name("leader_lease") + "; drop table if exists "
                + name("leader_installation");
    }
}
