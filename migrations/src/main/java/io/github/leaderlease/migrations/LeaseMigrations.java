package io.github.leaderlease.migrations;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Creates, upgrades and checks the tables of leader-lease ({@code leader_lease}, {@code leader_term},
 * {@code leader_installation}, {@code leader_node}, {@code leader_candidate}, the views {@code leader_status} and
 * {@code leader_candidates}) in a database, with Flyway, in a location and with a history table
 * ({@code leader_lease_history}) of our own, so that it meets no Flyway of the application, also in a schema that has other
 * tables already.
 *
 * <pre>{@code
 * LeaseMigrations.migrate(dataSource);
 * LeaseMigrations.on(dataSource).schema("app").tablePrefix("app_").migrate();
 * }</pre>
 *
 * <p>Immutable and safe for use by many threads. The operations block while they talk to the database and need up to four
 * connections of the data source at a time. The database user must own the tables or be allowed to create them; a
 * candidate needs far less, see the scripts under {@code leader-lease/grants}.
 */
public final class LeaseMigrations {

    private final DataSource dataSource;
    private final @Nullable String schema;
    private final @Nullable String tablePrefix;

    private LeaseMigrations(DataSource dataSource, @Nullable String schema, @Nullable String tablePrefix) {
        this.dataSource = dataSource;
        this.schema = schema;
        this.tablePrefix = tablePrefix;
    }

    /**
     * Applies what is missing, where the connection finds the tables, else in its current schema; without a table prefix.
     *
     * @param dataSource leads to the database
     * @return the scripts that this call applied, in order; empty if there was nothing to do
     * @throws LeaseMigrationException if the database is not supported, cannot be reached or refuses; the message says
     *     what to do
     */
    public static List<String> migrate(DataSource dataSource) {
        return on(dataSource).migrate();
    }

    /**
     * Migrations of one database; nothing happens yet.
     *
     * @param dataSource leads to the database
     * @return migrations for the tables that the connection's search path leads to (where there are none yet: for its current
     *     schema), without a table prefix
     */
    public static LeaseMigrations on(DataSource dataSource) {
        return new LeaseMigrations(Objects.requireNonNull(dataSource, "dataSource"), null, null);
    }

    /**
     * Chooses the schema, on MySQL and MariaDB the database; {@link #migrate()} creates it if it is missing. The name is
     * folded to upper or lower case as the database folds a name without quotes.
     *
     * @param name must match {@code [A-Za-z_][A-Za-z0-9_]{0,62}}
     * @return the same migrations in that schema
     * @throws IllegalArgumentException if the name does not match
     * @throws IllegalStateException if a schema was chosen before
     */
    public LeaseMigrations schema(String name) {
        if (schema != null) {
            throw new IllegalStateException("schema is '" + schema + "' already, cannot set '" + name + "'");
        }
        return new LeaseMigrations(dataSource, Scripts.schema(name), tablePrefix);
    }

    /**
     * Chooses what stands before the names of all tables, indexes and constraints, the history table's too.
     *
     * @param prefix empty, or must match {@code [A-Za-z_][A-Za-z0-9_]{0,30}}
     * @return the same migrations with that prefix
     * @throws IllegalArgumentException if the prefix does not match
     * @throws IllegalStateException if a prefix was chosen before
     */
    public LeaseMigrations tablePrefix(String prefix) {
        if (tablePrefix != null) {
            throw new IllegalStateException(
                    "table prefix is '" + tablePrefix + "' already, cannot set '" + prefix + "'");
        }
        return new LeaseMigrations(dataSource, schema, Scripts.prefix(prefix));
    }

    /**
     * Applies what is missing. Any number of processes may call this at the same time: one applies, the others wait for it.
     * Live nodes go on meanwhile: a script waits for a lock only so briefly that no heartbeat waits for more than a second,
     * and is tried again for up to a minute.
     *
     * @return the scripts that this call applied, in order; empty if there was nothing to do
     * @throws LeaseMigrationException if the database is not supported, cannot be reached or refuses, or if the tables
     *     were created in another way; the message says what to do
     */
    public List<String> migrate() {
        return target().migrate();
    }

    /**
     * Tells what {@link #migrate()} would apply; changes nothing.
     *
     * @return the scripts in order; empty if there is nothing to do
     * @throws LeaseMigrationException as {@link #migrate()} does
     */
    public List<String> pending() {
        return target().pending();
    }

    /**
     * Returns if every migration has been applied, with the text that we know; changes nothing.
     *
     * @throws LeaseMigrationException if one is missing, failed or was altered, and as {@link #migrate()} does
     */
    public void check() {
        target().check();
    }

    /**
     * Prints the SQL for somebody who applies it by hand; needs no database.
     *
     * @param out where to print
     * @param engine the database that it is for
     * @param tablePrefix put before all names; empty, or must match {@code [A-Za-z_][A-Za-z0-9_]{0,30}}
     * @throws IllegalArgumentException if the prefix does not match
     * @throws IOException if {@code out} throws it
     */
    public static void writeSql(Appendable out, Database engine, String tablePrefix) throws IOException {
        Scripts scripts = new Scripts(engine, Scripts.prefix(tablePrefix));
        for (String name : Scripts.NAMES) {
            out.append("-- ").append(name).append(" for ").append(engine.product());
            out.append(" from ").append(engine.oldest().toString()).append("\n\n");
            out.append(scripts.text(name)).append("\n");
        }
    }

    /** With scripts of a test, as if they came with a later version. */
    List<String> migrateWith(String location) {
        return Target.of(dataSource, schema, tablePrefix == null ? "" : tablePrefix, List.of(location))
                .migrate();
    }

    private Target target() {
        return Target.of(dataSource, schema, tablePrefix == null ? "" : tablePrefix, List.of());
    }
}
