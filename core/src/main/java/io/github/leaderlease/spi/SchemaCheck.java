package io.github.leaderlease.spi;

import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks for what the migration creates and for the rights of a candidate, by statements that touch no row. A missing
 * index must stop us: without it the schema would not refuse a second open term.
 */
final class SchemaCheck {

    private static final String LEASE_COLUMNS =
            "election_name, token, renewal, holder_id, ttl_ms, renewed_at, expires_at,"
                    + " acquired_incarnation, step_down_token";
    private static final String TERM_COLUMNS =
            "election_name, token, holder_id, node_name, metadata, ttl_ms, started_at, ended_at, end_reason";

    private final Connection connection;
    private final Dialect dialect;
    private final TableNames tables;

    private SchemaCheck(Connection connection, Dialect dialect, TableNames tables) {
        this.connection = connection;
        this.dialect = dialect;
        this.tables = tables;
    }

    static void run(Connection connection, Dialect dialect, TableNames tables) {
        SchemaCheck check = new SchemaCheck(connection, dialect, tables);
        try (Statement statement = connection.createStatement()) {
            check.table(statement, tables.lease(), LEASE_COLUMNS, "renewal");
            String touch = dialect.mayFenceByTouch() ? ", fence_touch" : "";
            check.table(statement, tables.term(), TERM_COLUMNS + touch, "end_reason");
            check.uniqueIndex(tables.lease(), Set.of("election_name"), "the primary key (election_name)");
            check.uniqueIndex(
                    tables.term(), Set.of("election_name", "token"), "the primary key (election_name, token)");
            check.openTermIndex();
        } catch (SQLException e) {
            throw new JdbcLeaseStore.StatementFailure(e);
        }
    }

    static String remedy(Dialect dialect, TableNames tables) {
        String where = (tables.schema() == null ? "" : ", schema '" + tables.schema() + "'")
                + (tables.prefix().isEmpty() ? "" : ", table prefix '" + tables.prefix() + "'");
        return "apply the migrations in leader-lease/migration/" + dialect.name() + where
                + ": with your own Flyway, with LeaseMigrations.migrate(dataSource), or with the option --migrate of the"
                + " command-line tool (docs/migrations.md)";
    }

    private void table(Statement statement, String table, String columns, String updated) throws SQLException {
        probe(statement, "read " + table, "select " + columns + " from " + table + " where 1 = 0");
        String update = "update " + table + " set " + updated + " = " + updated + " where 1 = 0";
        probe(statement, "update " + table, update);
        String insert = "insert into " + table + " (" + columns + ") select " + columns + " from " + table;
        probe(statement, "insert into " + table, insert + " where 1 = 0");
    }

    private void probe(Statement statement, String what, String sql) throws SQLException {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            Failure kind = dialect.classify(e);
            String remedy = switch (kind) {
                case SCHEMA -> "; " + remedy(dialect, tables);
                case DENIED ->
                    "; grant select, insert and update on " + tables.lease() + " and " + tables.term()
                            + " to this database user";
                case READ_ONLY -> LeaseStoreException.READ_ONLY_REMEDY;
                case UNAVAILABLE, BLOCKED, CONFLICT, OTHER -> "";
            };
            String setting = dialect.remedy(e).map(it -> "; " + it).orElse(remedy);
            throw new LeaseStoreException(kind, "cannot " + what + ": " + e.getMessage() + setting, e);
        }
    }

    private void uniqueIndex(String table, Set<String> columns, String what) throws SQLException {
        if (uniqueIndexes(table).values().stream().noneMatch(columns::equals)) {
            throw missing(table, what);
        }
    }

    /** On the name itself where an index can be partial, else on the column that is null once the term has ended. */
    private void openTermIndex() throws SQLException {
        String name = tables.prefix().toLowerCase(Locale.ROOT) + "leader_term_open";
        Set<String> columns = uniqueIndexes(tables.term()).getOrDefault(name, Set.of());
        if (!columns.equals(Set.of("election_name")) && !columns.equals(Set.of("open_election"))) {
            throw missing(tables.term(), "the unique index " + name + " (one open term per election)");
        }
    }

    private LeaseStoreException missing(String table, String what) {
        return new LeaseStoreException(
                Failure.SCHEMA, "table " + table + " lacks " + what + "; " + remedy(dialect, tables), null);
    }

    /** The unique indexes of a table by lower-case name, each with its lower-case columns. */
    private Map<String, Set<String>> uniqueIndexes(String table) throws SQLException {
        DatabaseMetaData meta = connection.getMetaData();
        String bare = table.substring(table.indexOf('.') + 1);
        String stored = folded(meta, bare);
        Map<String, Set<String>> indexes = new HashMap<>();
        try (ResultSet rows = indexInfo(meta, stored)) {
            while (rows.next()) {
                String index = rows.getString("INDEX_NAME");
                String column = rows.getString("COLUMN_NAME");
                if (index != null && column != null) {
                    indexes.computeIfAbsent(index.toLowerCase(Locale.ROOT), i -> new TreeSet<>())
                            .add(column.toLowerCase(Locale.ROOT));
                }
            }
        }
        return indexes;
    }

    /** MySQL and MariaDB have no schemas in JDBC's sense: what is called a schema there is JDBC's catalog. */
    private ResultSet indexInfo(DatabaseMetaData meta, String table) throws SQLException {
        String chosen = tables.schema();
        String current = connection.getSchema();
        if (current == null) {
            String catalog = chosen == null ? connection.getCatalog() : chosen;
            return meta.getIndexInfo(catalog, null, table, true, true);
        }
        String schema = chosen == null ? current : folded(meta, chosen);
        return meta.getIndexInfo(connection.getCatalog(), schema, table, true, true);
    }

    /** As the database keeps a name that was not quoted. */
    private static String folded(DatabaseMetaData meta, String identifier) throws SQLException {
        if (meta.storesUpperCaseIdentifiers()) {
            return identifier.toUpperCase(Locale.ROOT);
        }
        return meta.storesLowerCaseIdentifiers() ? identifier.toLowerCase(Locale.ROOT) : identifier;
    }
}
