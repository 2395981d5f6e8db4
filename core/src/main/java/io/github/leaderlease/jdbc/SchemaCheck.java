package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.LeaseStoreException;
import io.github.leaderlease.spi.LeaseStoreException.Failure;
import io.github.leaderlease.spi.TableNames;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what the migration creates and for the rights of a candidate, by statements that touch no row. A missing
 * index must stop us: without it the schema would not refuse a second open term.
 */
final class SchemaCheck {

    /** Servers tell the two cases apart by no code that could be relied on. */
    static final String READ_ONLY_REMEDY =
            "; this server accepts no writes: connect to the primary (a URL that names several hosts may lead to this one"
                    + " again and again: docs/databases.md); or only this session"
                    + " does not: then change default_transaction_read_only (PostgreSQL), transaction_read_only (MySQL) or"
                    + " tx_read_only (MariaDB) for its user, URL or pool";

    private static final String LEASE_COLUMNS =
            "election_name, token, renewal, holder_id, ttl_ms, renewed_at, expires_at,"
                    + " acquired_incarnation, step_down_token, heir_node_id";
    private static final String TERM_COLUMNS =
            "election_name, token, holder_id, node_name, metadata, ttl_ms, started_at, ended_at, end_reason";

    private final Connection connection;
    private final Dialect dialect;
    private final TableNames tables;
    private final List<String> denied = new ArrayList<>();
    private @Nullable SQLException denial;

    private SchemaCheck(Connection connection, Dialect dialect, TableNames tables) {
        this.connection = connection;
        this.dialect = dialect;
        this.tables = tables;
    }

    static void run(Connection connection, Dialect dialect, TableNames tables) {
        SchemaCheck check = new SchemaCheck(connection, dialect, tables);
        try (Statement statement = connection.createStatement()) {
            check.obstacles("leader_lease");
            check.obstacles("leader_term");
            String touch = dialect.touchFence() == Dialect.TouchFence.NEVER ? "" : ", fence_touch";
            check.table(statement, tables.lease(), LEASE_COLUMNS, "renewal = 0");
            check.table(statement, tables.term(), TERM_COLUMNS + touch, "end_reason = null");
            check.probe(
                    statement, "select", tables.installation(), selecting("installation_id", tables.installation()));
            check.refuseDenied();
            check.uniqueIndex(
                    tables.lease(), "leader_lease", Set.of("election_name"), "the primary key (election_name)");
            check.uniqueIndex(
                    tables.term(),
                    "leader_term",
                    Set.of("election_name", "token"),
                    "the primary key (election_name, token)");
            check.openTermIndex();
        } catch (SQLException e) {
            throw new StatementFailure(e);
        }
    }

    static String remedy(Dialect dialect, TableNames tables) {
        String where = (tables.schema() == null ? "" : ", schema '" + tables.schema() + "'")
                + (tables.prefix().isEmpty() ? "" : ", table prefix '" + tables.prefix() + "'");
        return "apply the migrations in leader-lease/migration/" + dialect.name() + where
                + ": with your own Flyway, with LeaseMigrations.migrate(dataSource), or with the option --migrate of the"
                + " command-line tool (docs/migrations.md)";
    }

    static String rights(Dialect dialect) {
        return "grant this database user what a candidate needs (leader-lease/grants/" + dialect.name()
                + "/candidate.sql; docs/migrations.md, Rights)";
    }

    /** What no error of a statement would name, such as rows that are hidden from this user. */
    private void obstacles(String table) throws SQLException {
        Optional<String> query = dialect.obstacles();
        if (query.isEmpty()) {
            return;
        }
        List<String> found = new ArrayList<>();
        try (PreparedStatement question = connection.prepareStatement(query.get())) {
            question.setString(1, tables.schema());
            question.setString(2, stored(table));
            try (ResultSet rows = question.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
        }
        if (!found.isEmpty()) {
            throw new LeaseStoreException(Failure.DENIED, String.join("; ", found), null);
        }
    }

    private void table(Statement statement, String table, String columns, String update) throws SQLException {
        boolean readable = probe(statement, "select", table, selecting(columns, table));
        probe(statement, "update", table, "update " + table + " set " + update + " where 1 = 0");
        if (readable) {
            probe(
                    statement,
                    "insert",
                    table,
                    "insert into " + table + " (" + columns + ") " + selecting(columns, table));
        }
    }

    private static String selecting(String columns, String table) {
        return "select " + columns + " from " + table + " where 1 = 0";
    }

    /** What is refused ends no transaction, or nothing more could be asked in it. */
    private void execute(Statement statement, String sql) throws SQLException {
        Savepoint before = connection.getAutoCommit() ? null : connection.setSavepoint();
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            if (before != null) {
                rollBack(before, e);
            }
            throw e;
        }
    }

    private void rollBack(Savepoint before, SQLException failure) {
        try {
            connection.rollback(before);
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    /** All rights that are missing are told together; anything else at once. */
    private boolean probe(Statement statement, String right, String table, String sql) {
        try {
            execute(statement, sql);
            return true;
        } catch (SQLException e) {
            Failure kind = dialect.classify(e);
            if (kind == Failure.DENIED) {
                denied.add(right + " on " + table);
                denial = denial == null ? e : denial;
                return false;
            }
            String remedy = switch (kind) {
                case SCHEMA -> "; " + notOurs(table);
                case READ_ONLY -> READ_ONLY_REMEDY;
                case DENIED, UNAVAILABLE, BLOCKED, CONFLICT, OTHER -> "";
            };
            String setting = dialect.remedy(e).map(it -> "; " + it).orElse(remedy);
            throw new LeaseStoreException(
                    kind,
                    "cannot " + right + (right.equals("update") ? " " : right.equals("insert") ? " into " : " from ")
                            + table + ": " + e.getMessage() + setting,
                    e);
        }
    }

    /** The lease table was found before, so something with its name is there. */
    private String notOurs(String table) {
        return tables.lease() + " is there, but " + table
                + " is not as the migrations make it. Either an older development"
                + " state of leader-lease made these tables: drop them and " + remedy(dialect, tables)
                + ". Or they are the application's own: choose another schema or a table prefix";
    }

    private void refuseDenied() {
        if (denial != null) {
            throw new LeaseStoreException(
                    Failure.DENIED,
                    "this database user lacks " + String.join(", ", denied) + " (" + denial.getMessage() + "); "
                            + rights(dialect),
                    denial);
        }
    }

    private void uniqueIndex(String table, String bare, Set<String> columns, String what) throws SQLException {
        if (uniqueIndexes(bare).values().stream().noneMatch(columns::equals)) {
            throw missing(table, what);
        }
    }

    /** On the name itself where an index can be partial, else on the column that is null once the term has ended. */
    private void openTermIndex() throws SQLException {
        String name = tables.prefix().toLowerCase(Locale.ROOT) + "leader_term_open";
        Set<String> columns = uniqueIndexes("leader_term").getOrDefault(name, Set.of());
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
        Map<String, Set<String>> indexes = new HashMap<>();
        try (ResultSet rows = indexInfo(connection.getMetaData(), stored(table))) {
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
        return connection.getSchema() == null && !meta.supportsSchemasInTableDefinitions()
                ? meta.getIndexInfo(tables.schema(), null, table, true, true)
                : meta.getIndexInfo(connection.getCatalog(), tables.schema(), table, true, true);
    }

    private String stored(String table) throws SQLException {
        return TableSearch.folded(connection.getMetaData(), tables.prefix() + table);
    }
}
