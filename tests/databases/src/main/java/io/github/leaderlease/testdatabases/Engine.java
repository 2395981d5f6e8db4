package io.github.leaderlease.testdatabases;

import java.util.List;

/** A database product that leader-lease supports. */
public enum Engine {
    /** H2. */
    H2("H2", "h2version()", Driver.H2),
    /** PostgreSQL. */
    POSTGRESQL("PostgreSQL", "current_setting('server_version')", Driver.POSTGRESQL),
    /** MySQL, the product of that name and not MariaDB. */
    MYSQL("MySQL", "version()", Driver.CONNECTOR_J),
    /** MariaDB. */
    MARIADB("MariaDB", "version()", Driver.MARIADB);

    private final String title;
    private final String versionExpression;
    private final Driver ownDriver;

    Engine(String title, String versionExpression, Driver ownDriver) {
        this.title = title;
        this.versionExpression = versionExpression;
        this.ownDriver = ownDriver;
    }

    /** The name as its makers write it. */
    public String title() {
        return title;
    }

    /** The JDBC drivers that can talk to it, the one of its own makers first. */
    public List<Driver> drivers() {
        return switch (this) {
            case H2, POSTGRESQL -> List.of(ownDriver);
            case MYSQL -> List.of(ownDriver, Driver.MARIADB);
            case MARIADB -> List.of(ownDriver, Driver.CONNECTOR_J);
        };
    }

    Driver ownDriver() {
        return ownDriver;
    }

    String versionQuery() {
        return "select " + versionExpression;
    }
}
