package io.github.leaderlease.migrations;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a connection leads to: a supported engine of a supported version. */
record Server(Database engine, Version version) {

    /** Servers that speak the protocol of one of ours, but promise other things. */
    private static final List<String> LOOKALIKES = List.of("CockroachDB", "Redshift", "-YB-", "TiDB", "Vitess");

    static Server of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "PostgreSQL" -> of(product, text(connection, "select version()"));
            // either driver calls either server "MySQL" at times: only the server's own word counts
            case "MySQL", "MariaDB" -> {
                String version = text(connection, "select version()");
                yield of(version != null && version.contains("MariaDB") ? "MariaDB" : "MySQL", version);
            }
            case "H2" -> of(product, text(connection, "select h2version()"));
            default -> of(product, connection.getMetaData().getDatabaseProductVersion());
        };
    }

    /** Refuses what is unknown or too old. */
    static Server of(String product, @Nullable String version) {
        if (version == null || LOOKALIKES.stream().anyMatch(version::contains)) {
            throw unsupported(product, version);
        }
        for (Database engine : Database.values()) {
            if (engine.product().equals(product)) {
                return supported(new Server(engine, Version.parse(version)), version);
            }
        }
        throw unsupported(product, version);
    }

    private static Server supported(Server server, String version) {
        boolean enough = server.version.compareTo(server.engine.oldest()) >= 0 || server.ignoresChecks();
        if (!enough) {
            throw new LeaseMigrationException(server.engine.product() + " " + version + " is too old: supported is "
                    + server.engine.product() + " from " + server.engine.oldest() + "; upgrade the server");
        }
        return server;
    }

    private static LeaseMigrationException unsupported(String product, @Nullable String version) {
        return new LeaseMigrationException("no migration for the database '" + product + "', version '" + version
                + "': supported are " + Database.supported());
    }

    /** MySQL before 8.0.16 reads CHECK constraints and forgets them. */
    boolean ignoresChecks() {
        return engine == Database.MYSQL
                && version.compareTo(engine.oldest()) < 0
                && version.compareTo(new Version(8, 0, 0)) >= 0;
    }

    /**
     * The schema that an unqualified table name means, or the chosen one folded as this database folds a name without
     * quotes: the statements of leader-lease write it without quotes.
     */
    String schema(Connection connection, @Nullable String chosen) throws SQLException {
        if (chosen != null) {
            return folded(connection.getMetaData(), chosen);
        }
        String current = text(
                connection,
                switch (engine) {
                    case POSTGRESQL, H2 -> "select current_schema";
                    case MYSQL, MARIADB -> "select database()";
                });
        if (current == null) {
            throw new LeaseMigrationException("the connection has no current "
                    + (engine == Database.POSTGRESQL ? "schema (search_path names none that exists)" : "database")
                    + ": choose one with LeaseMigrations.on(dataSource).schema(\"...\") or in the JDBC URL");
        }
        return current;
    }

    private String folded(DatabaseMetaData meta, String name) throws SQLException {
        return engine == Database.POSTGRESQL || meta.storesLowerCaseIdentifiers()
                ? name.toLowerCase(Locale.ROOT)
                : meta.storesUpperCaseIdentifiers() ? name.toUpperCase(Locale.ROOT) : name;
    }

    /** As this database keeps the name of a table that was written without quotes. */
    String folded(Connection connection, String name) throws SQLException {
        return folded(connection.getMetaData(), name);
    }

    /** Whether names that differ only in upper and lower case can be two. */
    boolean tellsCaseApart(Connection connection) throws SQLException {
        DatabaseMetaData meta = connection.getMetaData();
        return meta.storesUpperCaseIdentifiers()
                || meta.storesLowerCaseIdentifiers()
                || meta.supportsMixedCaseIdentifiers();
    }

    private static @Nullable String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
