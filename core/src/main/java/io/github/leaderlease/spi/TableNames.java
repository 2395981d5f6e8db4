package io.github.leaderlease.spi;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the tables are: {@code [schema.][prefix]leader_lease} and the others. As somebody chose it, or, once they were
 * located on a server, as the server has it: then every statement names the schema, so that no search path can lead to
 * another set of tables.
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
     * Whether the names say where the server has the tables.
     *
     * @return true once they were located
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
     * The table of processes.
     *
     * @return its name, qualified if a schema was chosen
     */
    public String node() {
        return qualified("leader_node");
    }

    /**
     * The table of who stands for what.
     *
     * @return its name, qualified if a schema was chosen
     */
    public String candidate() {
        return qualified("leader_candidate");
    }

    /**
     * The view for people.
     *
     * @return its name, qualified if a schema was chosen
     */
    public String status() {
        return qualified("leader_status");
    }

    /**
     * The view of who stands for what, for people.
     *
     * @return its name, qualified if a schema was chosen
     */
    public String candidatesView() {
        return qualified("leader_candidates");
    }

    private String qualified(String table) {
        return schema == null ? prefix + table : quote + schema + quote + "." + prefix + table;
    }
}
