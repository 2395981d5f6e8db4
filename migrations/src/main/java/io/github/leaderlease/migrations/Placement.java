package io.github.leaderlease.migrations;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schema to work in: the one that was chosen, else the one where the server finds the tables by the connection's search
 * path, as a node does that uses them. Only where there are none it is the current schema: a second set beside one that is on
 * the path would make two leaders.
 */
final class Placement {

    private static final Logger log = LoggerFactory.getLogger(LeaseMigrations.class);
    private static final int MOST_SHOWN = 5;
    private static final String CHOOSE =
            "choose a schema with LeaseMigrations.on(dataSource).schema(\"...\") or the option --schema";

    private static final String SPELLINGS = "select TABLE_NAME from INFORMATION_SCHEMA.TABLES where TABLE_SCHEMA = ?"
            + " and lower(TABLE_NAME) = lower(?)";

    /** On the path as it is set, but not on the path as the server uses it. */
    private static final String CLOSED = """
            select n.nspname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relname = lower(?) and not has_schema_privilege(n.oid, 'USAGE')
              and (n.nspname = any(regexp_split_to_array(replace(current_setting('search_path'), '"', ''), '\\s*,\\s*'))
                   or n.nspname = current_user)
            """;

    private final Connection connection;
    private final Server server;
    private final String table;

    private Placement(Connection connection, Server server, String prefix) {
        this.connection = connection;
        this.server = server;
        this.table = prefix + "leader_lease";
    }

    static String schema(Connection connection, Server server, @Nullable String chosen, String prefix)
            throws SQLException {
        Placement placement = new Placement(connection, server, prefix);
        String schema = chosen == null ? placement.found() : placement.chosen(chosen);
        placement.refuseOtherSpelling(schema);
        return schema;
    }

    private String found() throws SQLException {
        List<String> sets = new ArrayList<>();
        for (String schema : names(path())) {
            if (!names(lease(), schema, table).isEmpty()) {
                sets.add(schema);
            }
        }
        if (sets.size() > 1) {
            throw new LeaseMigrationException("there are two sets of tables on the connection's search path, "
                    + String.join(
                            " and ",
                            sets.stream().map(schema -> schema + "." + table).toList())
                    + ", and nodes that use different ones would lead beside each other: " + CHOOSE
                    + ", or drop the one that nobody uses");
        }
        return sets.isEmpty() ? current() : sets.get(0);
    }

    /** Where they shall be made; but not while this user just may not use the schema where they are. */
    private String current() throws SQLException {
        if (server.engine() == Database.POSTGRESQL) {
            List<String> closed = names(CLOSED, table);
            if (!closed.isEmpty()) {
                throw new LeaseMigrationException("there is a set of tables in the schema " + closed.get(0)
                        + ", which is on the search path but may not be used by this user: grant usage on schema "
                        + closed.get(0) + " to it, or " + CHOOSE);
            }
        }
        String schema = server.schema(connection, null);
        List<String> others = names(elsewhere(), table).stream()
                .filter(other -> !other.equals(schema))
                .limit(MOST_SHOWN)
                .toList();
        if (!others.isEmpty()) {
            log.warn(
                    "there is no table {} in {} yet, but there is one in {}: nodes that use different ones do not compete"
                            + " with each other",
                    table,
                    schema,
                    String.join(" and ", others));
        }
        return schema;
    }

    private String chosen(String name) throws SQLException {
        String schema = server.schema(connection, name);
        if (server.engine() == Database.MYSQL || server.engine() == Database.MARIADB) {
            List<String> alike = names(
                    "select schema_name from information_schema.schemata where lower(schema_name) = lower(?)", name);
            if (!alike.isEmpty() && !alike.contains(schema)) {
                if (server.tellsCaseApart(connection)) {
                    throw new LeaseMigrationException("there is no database " + schema + ", but one that is called "
                            + alike.get(0) + ": choose it as it is written, or create " + schema
                            + " yourself if you want both");
                }
                return alike.get(0);
            }
        }
        return schema;
    }

    /** Where upper and lower case are told apart, {@code App_} and {@code app_} would be two sets. */
    private void refuseOtherSpelling(String schema) throws SQLException {
        if (server.engine() == Database.POSTGRESQL || !server.tellsCaseApart(connection)) {
            return;
        }
        String ours = server.folded(connection, table);
        for (String found : names(SPELLINGS, schema, table)) {
            if (!found.equals(ours)) {
                throw new LeaseMigrationException("there is a table " + schema + "." + found + ", which differs from "
                        + schema + "." + ours
                        + " only in upper and lower case: nodes that use different ones would lead"
                        + " beside each other. Choose the prefix as the table has it, or another one");
            }
        }
    }

    /** With the temporary schema, and without those that this user may not use. */
    private String path() {
        return switch (server.engine()) {
            case POSTGRESQL ->
                "select p.s from unnest(current_schemas(true)) with ordinality as p(s, n)"
                        + " where p.s != 'pg_catalog' order by p.n";
            case MYSQL, MARIADB -> "select d.name from (select database() as name) d where d.name is not null";
            case H2 ->
                "select p.S from (select 0 as N, current_schema as S union all select r.I, trim(both '\"' from"
                        + " regexp_substr(current_path, '\"[^\"]+\"', 1, cast(r.I as int))) from system_range(1, 20) r(I)) p"
                        + " where p.S is not null order by p.N";
        };
    }

    /** Whatever is called like our table counts: a view would shadow it just as well. */
    private String lease() {
        return server.engine() == Database.POSTGRESQL
                ? "select c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
                        + " where n.nspname = ? and c.relname = lower(?)"
                : SPELLINGS;
    }

    private String elsewhere() {
        return server.engine() == Database.POSTGRESQL
                ? "select n.nspname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
                        + " where c.relname = lower(?) order by 1"
                : "select TABLE_SCHEMA from INFORMATION_SCHEMA.TABLES where lower(TABLE_NAME) = lower(?) order by 1";
    }

    private List<String> names(String query, String... parameters) throws SQLException {
        List<String> names = new ArrayList<>();
        try (PreparedStatement question = connection.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
                question.setString(i + 1, parameters[i]);
            }
            try (ResultSet rows = question.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return names;
    }
}
