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
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds the one set of tables that a connection leads to, as the server resolves names, and refuses what could make two
 * nodes use two sets: both would lead.
 */
public final class TableSearch {

    private static final List<String> TABLES = List.of("leader_lease", "leader_term", "leader_installation");
    private static final String TABLE = "table";

    private final Connection connection;
    private final Dialect dialect;
    private final TableNames chosen;

    TableSearch(Connection connection, Dialect dialect, TableNames chosen) {
        this.connection = connection;
        this.dialect = dialect;
        this.chosen = chosen;
    }

    /** What is called like one of ours: {@code kind} is "table" or what it is instead. */
    private record Relation(String name, String kind) {}

    /**
     * Asks the server where tables are: in the schema that was chosen, else on the connection's search path. Changes
     * nothing.
     *
     * @param connection an open connection
     * @param dialect the one that supports it
     * @param names as they were chosen; returned if they are located already
     * @return the same tables, named with their schema
     * @throws LeaseStoreException if there are none, if there are two sets, or if they are something else than tables; the
     *     message names what was found and the remedy
     * @throws SQLException if the server cannot be asked
     */
    public static TableNames locate(Connection connection, Dialect dialect, TableNames names) throws SQLException {
        return names.located() ? names : new TableSearch(connection, dialect, names).locate();
    }

    private TableNames locate() throws SQLException {
        Map<String, List<Relation>> sets = sets(path());
        if (sets.isEmpty()) {
            throw nothingFound();
        }
        if (sets.size() > 1) {
            throw refusal("there are two sets of tables on the connection's search path, " + leases(sets)
                    + ", and nodes that use different ones would lead beside each other: choose one with schema(...) or the"
                    + " option --schema, or drop the one that nobody uses");
        }
        Map.Entry<String, List<Relation>> only = sets.entrySet().iterator().next();
        checkKinds(only.getKey(), only.getValue());
        return in(only.getKey());
    }

    /**
     * For a later connection of a node that uses a set already, and goes on to use it.
     *
     * @return what an operator should know about the search path; empty if all is as it was
     * @throws LeaseStoreException if whoever connects now would use another set
     */
    Optional<String> confirm(TableNames known) throws SQLException {
        if (chosen.schema() != null) {
            return Optional.empty();
        }
        List<String> path = path();
        int at = path.indexOf(known.schema());
        Map<String, List<Relation>> others = sets(at < 0 ? path : path.subList(0, at));
        if (others.isEmpty()) {
            return Optional.empty();
        }
        if (at < 0) {
            throw refusal("this node uses " + known.lease()
                    + ", but the connection's search path has changed and leads to "
                    + leases(others) + " now, where others may lead: choose the schema with schema(...) or the option"
                    + " --schema on all nodes, or set the search path as it was");
        }
        return Optional.of("this node uses " + known.lease() + ", but on the connection's search path there is "
                + leases(others)
                + " before it: nodes that start now are refused. Choose one with schema(...) or the option"
                + " --schema, or drop the one that nobody uses");
    }

    private List<String> path() throws SQLException {
        String schema = chosen.schema();
        if (schema != null) {
            return List.of(folded(schema));
        }
        List<String> path = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(dialect.searchPath())) {
            while (rows.next()) {
                String found = rows.getString(1);
                if (found != null && !path.contains(found)) {
                    path.add(found);
                }
            }
        }
        return path;
    }

    /** The schemas that have one of our tables, in the order of the path. */
    private Map<String, List<Relation>> sets(List<String> path) throws SQLException {
        Map<String, List<Relation>> sets = new LinkedHashMap<>();
        for (String schema : path) {
            List<Relation> relations = relations(schema);
            if (!relations.isEmpty()) {
                sets.put(schema, relations);
            }
        }
        return sets;
    }

    private List<Relation> relations(String schema) throws SQLException {
        List<Relation> found = new ArrayList<>();
        try (PreparedStatement question = connection.prepareStatement(dialect.relations(TABLES.size()))) {
            question.setString(1, schema);
            for (int i = 0; i < TABLES.size(); i++) {
                question.setString(i + 2, (chosen.prefix() + TABLES.get(i)).toLowerCase(Locale.ROOT));
            }
            try (ResultSet rows = question.executeQuery()) {
                while (rows.next()) {
                    found.add(new Relation(rows.getString(1), rows.getString(2)));
                }
            }
        }
        found.sort(Comparator.comparing(each -> order(each.name())));
        return found;
    }

    /** The lease table is the one that people know. */
    private int order(String name) {
        return TABLES.indexOf(name.substring(chosen.prefix().length()).toLowerCase(Locale.ROOT));
    }

    private void checkKinds(String schema, List<Relation> relations) throws SQLException {
        for (Relation each : relations) {
            String expected = spelling(each.name());
            if (caseMatters() && !each.name().equals(expected)) {
                throw refusal(
                        "there is a " + each.kind() + " " + schema + "." + each.name() + ", but our statements say "
                                + expected
                                + ", and two that differ only in upper and lower case would be two sets: choose the prefix"
                                + " as the tables have it, or rename the one that is not ours");
            }
            if (!each.kind().equals(TABLE)) {
                throw refusal(schema + "." + each.name() + " is not an ordinary table but a " + each.kind()
                        + ", on which the protocol cannot rest: if it is leader-lease's, choose the schema that has the"
                        + " tables themselves; if it is the application's, choose a table prefix");
            }
        }
    }

    /** How our statements spell a name that was found in some spelling, once the database has folded it. */
    private String spelling(String found) throws SQLException {
        for (String table : TABLES) {
            String name = chosen.prefix() + table;
            if (name.equalsIgnoreCase(found)) {
                return folded(name);
            }
        }
        return found;
    }

    private boolean caseMatters() throws SQLException {
        DatabaseMetaData meta = connection.getMetaData();
        return meta.storesUpperCaseIdentifiers()
                || meta.storesLowerCaseIdentifiers()
                || meta.supportsMixedCaseIdentifiers();
    }

    /** The server knows best: that a table is missing, that a schema is, or that this user may not see it. */
    private LeaseStoreException nothingFound() throws SQLException {
        List<String> path = path();
        if (path.isEmpty()) {
            return refusal(
                    "the connection has no current schema or database, so that no table can be found: choose one with"
                            + " schema(...) or the option --schema, or in the JDBC URL" + elsewhere());
        }
        TableNames first = chosen.schema() == null ? chosen : in(path.get(0));
        try (Statement statement = connection.createStatement()) {
            statement.execute("select 1 from " + first.lease() + " where 1 = 0");
        } catch (SQLException e) {
            Failure kind = dialect.classify(e);
            String elsewhere = elsewhere();
            String missing = elsewhere.isEmpty()
                    ? SchemaCheck.remedy(dialect, chosen)
                    : "if the other nodes use that one, choose it with schema(...) or the option --schema, for nodes that use"
                            + " two sets lead beside each other; only if this is to be another set, "
                            + SchemaCheck.remedy(dialect, chosen);
            return new LeaseStoreException(
                    kind,
                    "cannot read " + chosen.lease() + ": " + e.getMessage() + "; looked in " + String.join(", ", path)
                            + elsewhere + "; "
                            + (kind == Failure.SCHEMA ? missing : SchemaCheck.rights(dialect)),
                    e);
        }
        return refusal(chosen.lease() + " can be read but is in none of the schemas " + String.join(", ", path)
                + ": it is a synonym or the like; choose the schema that has the tables themselves");
    }

    /** Sets that this connection does not lead to, which is what one would like to know now. */
    private String elsewhere() {
        List<String> found = new ArrayList<>();
        Optional<String> query = dialect.tablesElsewhere();
        if (query.isEmpty()) {
            return "";
        }
        try (PreparedStatement question = connection.prepareStatement(query.get())) {
            question.setString(1, (chosen.prefix() + "leader_lease").toLowerCase(Locale.ROOT));
            try (ResultSet rows = question.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
        } catch (SQLException unknown) {
            return ""; // the failure that is being explained says more
        }
        return found.isEmpty() ? "" : "; there is " + String.join(", and ", found);
    }

    private TableNames in(String schema) {
        try {
            return new TableNames(schema, chosen.prefix(), dialect.identifierQuote());
        } catch (IllegalArgumentException e) {
            throw refusal(e.getMessage() + "; move the tables to another schema, or choose one");
        }
    }

    private String leases(Map<String, List<Relation>> sets) {
        return sets.entrySet().stream()
                .map(set -> set.getKey() + "." + set.getValue().get(0).name())
                .collect(Collectors.joining(" and "));
    }

    private static LeaseStoreException refusal(String message) {
        return new LeaseStoreException(Failure.SCHEMA, message, null);
    }

    /** As the database keeps a name that was not quoted. */
    private String folded(String identifier) throws SQLException {
        return folded(connection.getMetaData(), identifier);
    }

    static String folded(DatabaseMetaData meta, String identifier) throws SQLException {
        if (meta.storesUpperCaseIdentifiers()) {
            return identifier.toUpperCase(Locale.ROOT);
        }
        return meta.storesLowerCaseIdentifiers() ? identifier.toLowerCase(Locale.ROOT) : identifier;
    }
}
