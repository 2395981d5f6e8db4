package io.github.leaderlease.spi;

import io.github.leaderlease.spi.LeaseStoreException.Failure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the tables are: {@code [schema.][prefix]leader_lease} and the others. As somebody chose it, or, once it has been
 * {@linkplain #locate located}, as the server has it: then every statement names the schema, so that no search path can
 * lead to another set of tables.
 *
 * @param schema the schema (on MySQL and MariaDB the database), or null for wherever the connection finds the tables
 * @param prefix put before each table name; may be empty
 * @param quote what the name of the schema is quoted with, once the tables were located; empty before
 */
public record TableNames(@Nullable String schema, String prefix, String quote) {

    private static final Pattern SCHEMA = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");
    private static final Pattern PREFIX = Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,30})?");

    /** What would be taken for a parameter, or end the quotes. */
    private static final Pattern UNWRITABLE = Pattern.compile("[:?<>{}'\"`\\\\\\p{Cntrl}]");

    /** Wherever the connection finds them, no prefix. */
    public static final TableNames PLAIN = new TableNames(null, "");

    /**
     * Checks both parts.
     *
     * @param schema the schema, or null for wherever the connection finds the tables
     * @param prefix put before each table name; may be empty
     * @throws IllegalArgumentException if a part does not match its rule
     */
    public TableNames(@Nullable String schema, String prefix) {
        this(schema, prefix, "");
    }

    /**
     * Checks all parts.
     *
     * @param schema the schema, or null for wherever the connection finds the tables
     * @param prefix put before each table name; may be empty
     * @param quote what the name of the schema is quoted with; empty if the tables were not located yet
     * @throws IllegalArgumentException if a part does not match its rule
     */
    public TableNames {
        if (schema != null && quote.isEmpty() && !SCHEMA.matcher(schema).matches()) {
            throw new IllegalArgumentException("schema '" + schema + "' must match " + SCHEMA.pattern());
        }
        if (!quote.isEmpty() && (schema == null || UNWRITABLE.matcher(schema).find())) {
            throw new IllegalArgumentException("a schema with the name '" + schema
                    + "' cannot be used: it has characters" + " that mean something else in our statements");
        }
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("table prefix '" + prefix + "' must match " + PREFIX.pattern());
        }
    }

    /**
     * Asks the server where these tables are: in the schema that was chosen, else on the connection's search path. Changes
     * nothing.
     *
     * @param connection an open connection
     * @param dialect the one that accepts it
     * @return the same tables, named with their schema
     * @throws LeaseStoreException if there are none, if there are two sets, or if they are something else than tables; the
     *     message names what was found and the remedy
     * @throws SQLException if the server cannot be asked
     */
    public TableNames locate(Connection connection, Dialect dialect) throws SQLException {
        return located() ? this : new TableSearch(connection, dialect, this).locate();
    }

    /**
     * Whether the names say where the server has the tables.
     *
     * @return true after {@link #locate}
     */
    public boolean located() {
        return !quote.isEmpty();
    }

    /**
     * The lease table.
     *
     * @return its name, qualified if a schema was chosen
     */
    public String lease() {
        return qualified("leader_lease");
    }

    /**
     * The term table.
     *
     * @return its name, qualified if a schema was chosen
     */
    public String term() {
        return qualified("leader_term");
    }

    /**
     * The table of one row that tells this set of tables from every other one.
     *
     * @return its name, qualified if a schema was chosen
     */
    public String installation() {
        return qualified("leader_installation");
    }

    /**
     * The view for people.
     *
     * @return its name, qualified if a schema was chosen
     */
    public String status() {
        return qualified("leader_status");
    }

    private String qualified(String table) {
        return schema == null ? prefix + table : quote + schema + quote + "." + prefix + table;
    }

    /**
     * One set of tables, to be told from every other one: two nodes compete only if they use the same.
     *
     * @param tables where the server has them
     * @param id random, made with the tables. A copy of the database has the same: there only {@code place} differs
     * @param place the database and its server, for people
     */
    public record Installation(TableNames tables, String id, String place) {

        private static final int SECONDS = 10;

        /** Enough to tell a few sets apart. */
        private static final int SHORT = 8;

        /**
         * Reads which set of tables this is. Blocks for one round trip, ten seconds at most, and changes nothing.
         *
         * @param connection an open connection
         * @param dialect the one that accepts it
         * @param tables as they were {@linkplain TableNames#locate located}
         * @return the set
         * @throws LeaseStoreException if the set has no id
         * @throws SQLException if the server cannot be asked, or does not let this user read it
         */
        public static Installation read(Connection connection, Dialect dialect, TableNames tables) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.setQueryTimeout(SECONDS);
                try (ResultSet row = statement.executeQuery(query(dialect, tables))) {
                    if (!row.next()) {
                        throw empty(tables);
                    }
                    return new Installation(tables, row.getString(1), row.getString(2));
                }
            }
        }

        /** Id and place. */
        static String query(Dialect dialect, TableNames tables) {
            return "select installation_id, (" + dialect.place() + ") as place from " + tables.installation();
        }

        static LeaseStoreException empty(TableNames tables) {
            return new LeaseStoreException(
                    Failure.SCHEMA,
                    tables.installation() + " is empty: it must have the row that the migration has inserted",
                    null);
        }

        /**
         * The beginning of the id, for people.
         *
         * @return at most eight characters
         */
        public String shortId() {
            return id.substring(0, Math.min(SHORT, id.length()));
        }

        /** For logs: the tables, the id's beginning, the place. */
        @Override
        public String toString() {
            return tables.lease() + " (installation " + shortId() + ", " + place + ")";
        }
    }
}
