package io.github.leaderlease.spi;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the tables are: {@code [schema.][prefix]leader_lease} and {@code [schema.][prefix]leader_term}.
 *
 * @param schema the schema (on MySQL and MariaDB the database), or null for the connection's own
 * @param prefix put before each table name; may be empty
 */
public record TableNames(@Nullable String schema, String prefix) {

    private static final Pattern SCHEMA = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");
    private static final Pattern PREFIX = Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,30})?");

    /** The connection's own schema, no prefix. */
    public static final TableNames PLAIN = new TableNames(null, "");

    /**
     * Checks both parts.
     *
     * @param schema the schema, or null for the connection's own
     * @param prefix put before each table name; may be empty
     * @throws IllegalArgumentException if a part does not match its rule
     */
    public TableNames {
        if (schema != null && !SCHEMA.matcher(schema).matches()) {
            throw new IllegalArgumentException("schema '" + schema + "' must match " + SCHEMA.pattern());
        }
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("table prefix '" + prefix + "' must match " + PREFIX.pattern());
        }
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
     * The view for people.
     *
     * @return its name, qualified if a schema was chosen
     */
    public String status() {
        return qualified("leader_status");
    }

    private String qualified(String table) {
        return schema == null ? prefix + table : schema + "." + prefix + table;
    }
}
