package io.github.leaderlease.migrations;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The databases that there are migrations for, with the oldest version that is supported. */
public enum Database {
    /** PostgreSQL 14 or later. */
    POSTGRESQL("PostgreSQL", "14", "postgresql"),
    /** MySQL 8.0.16 or later; 8.0.0 to 8.0.15 work, but ignore CHECK constraints. */
    MYSQL("MySQL", "8.0.16", "mysql"),
    /** MariaDB 10.6 or later; it shares the SQL of MySQL. */
    MARIADB("MariaDB", "10.6", "mysql"),
    /** H2 2.2.220 or later. */
    H2("H2", "2.2.220", "h2");

    private final String product;
    private final String oldest;
    private final String folder;

    Database(String product, String oldest, String folder) {
        this.product = product;
        this.oldest = oldest;
        this.folder = folder;
    }

    /**
     * The engine of a name such as {@code postgresql}, in upper or lower case.
     *
     * @param name the name of one of the constants
     * @return that engine
     * @throws IllegalArgumentException if there is none of that name; the message lists the names
     */
    public static Database of(String name) {
        return Arrays.stream(values())
                .filter(engine -> engine.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown database '" + name + "': choose one of "
                        + Arrays.stream(values())
                                .map(engine -> engine.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))));
    }

    /**
     * Where the versioned SQL of this engine is on the class path, as Flyway names a location.
     *
     * @return {@code classpath:leader-lease/migration/} and the folder
     */
    public String location() {
        return "classpath:leader-lease/migration/" + folder;
    }

    String product() {
        return product;
    }

    Version oldest() {
        return Version.parse(oldest);
    }

    /** Whether a migration that fails leaves nothing behind. */
    boolean rollsBackDdl() {
        return this == POSTGRESQL;
    }

    static String supported() {
        return Arrays.stream(values())
                .map(engine -> engine.product + " from " + engine.oldest)
                .collect(Collectors.joining(", "));
    }
}
