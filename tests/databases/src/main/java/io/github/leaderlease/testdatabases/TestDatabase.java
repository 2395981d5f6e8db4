package io.github.leaderlease.testdatabases;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * An empty database for one test, on a real server. Closing it ends all connections to it and drops it; on a server that
 * is down or frozen it only forgets it.
 */
public final class TestDatabase implements AutoCloseable {
    private final TestServer server;
    private final String name;

    TestDatabase(TestServer server, String name) {
        this.server = server;
        this.name = name;
    }

    /** The server that it is on. */
    public TestServer server() {
        return server;
    }

    /** The product. */
    public Engine engine() {
        return server.engine();
    }

    /** Product, version and where it came from, for people. */
    public String label() {
        return server.label();
    }

    /** The version as the server itself tells it. */
    public String version() {
        return server.version();
    }

    /** The name of the database on its server. */
    public String name() {
        return name;
    }

    /** The JDBC URL for the driver of the database's own makers. */
    public String url() {
        return urlFor(engine().ownDriver());
    }

    /**
     * The JDBC URL for a driver.
     *
     * @throws IllegalArgumentException if that driver does not talk to this product
     */
    public String urlFor(Driver driver) {
        return suitable(driver).url(server.endpoint(), name);
    }

    /**
     * The JDBC URL that leads through a proxy on this machine.
     *
     * @param proxyPort where the proxy listens on 127.0.0.1; it forwards to 127.0.0.1 and {@link TestServer#port()}
     * @throws UnsupportedOperationException if the server has no TCP port
     */
    public String urlThrough(int proxyPort) {
        return urlThrough(proxyPort, engine().ownDriver());
    }

    /**
     * The JDBC URL that leads through a proxy on this machine, for a driver.
     *
     * @param proxyPort where the proxy listens on 127.0.0.1
     * @throws IllegalArgumentException if that driver does not talk to this product
     * @throws UnsupportedOperationException if the server has no TCP port
     */
    public String urlThrough(int proxyPort, Driver driver) {
        return suitable(driver).url(server.endpoint().through(proxyPort), name);
    }

    /** A user with every right on this database. */
    public String user() {
        return server.endpoint().user();
    }

    /** The password of {@link #user()}; never empty on the servers that we start. */
    public String password() {
        return server.endpoint().password();
    }

    /** The driver's own unpooled DataSource: each connection is a new one. */
    public DataSource dataSource() {
        return dataSource(url());
    }

    /** The unpooled DataSource of the driver of any of this database's URLs, possibly with parameters added. */
    public DataSource dataSource(String url) {
        for (Driver driver : engine().drivers()) {
            if (driver.understands(url)) {
                return driver.dataSource(url, user(), password());
            }
        }
        throw new IllegalArgumentException("No driver for " + engine().title() + " understands the URL " + url);
    }

    /** A new connection by the driver of the database's own makers. */
    public Connection connection() throws SQLException {
        return dataSource().getConnection();
    }

    @Override
    public void close() {
        if (server.answers()) {
            Schemas.drop(server, name);
        }
    }

    @Override
    public String toString() {
        return label() + " " + url();
    }

    private Driver suitable(Driver driver) {
        if (!engine().drivers().contains(driver)) {
            throw new IllegalArgumentException(
                    driver + " does not talk to " + engine().title() + "; use one of " + engine().drivers());
        }
        return driver;
    }
}
