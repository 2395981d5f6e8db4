package io.github.leaderlease.testdatabases;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A running database server. {@link DatabaseUnderTest#require()} gives the one that all tests of this JVM share, which must be left
 * alone; {@link DatabaseUnderTest#startPrivate()} gives one that belongs to the caller and that may be crashed and frozen. Both end with
 * the JVM at the latest, also when the JVM is killed. Safe for use by several threads.
 */
public final class TestServer implements AutoCloseable {
    private final DatabaseUnderTest tested;
    private final Endpoint endpoint;
    private final String origin;
    private final String version;
    private final @Nullable LocalServer local;
    private final boolean shared;

    TestServer(DatabaseUnderTest tested, Endpoint endpoint, String origin, @Nullable LocalServer local) {
        this.tested = tested;
        this.endpoint = endpoint;
        this.origin = origin;
        this.local = local;
        this.shared = false;
        this.version = askVersion();
    }

    private TestServer(TestServer server) {
        this.tested = server.tested;
        this.endpoint = server.endpoint;
        this.origin = server.origin;
        this.local = server.local;
        this.shared = true;
        this.version = server.version;
    }

    /** The same server for many: it can neither be harmed nor closed. */
    TestServer forAll() {
        return new TestServer(this);
    }

    /** What this is the server of. */
    public DatabaseUnderTest tested() {
        return tested;
    }

    /** The product. */
    public Engine engine() {
        return tested.engine();
    }

    /** The version as the server itself tells it, such as {@code 18.6} or {@code 11.4.5-MariaDB}. */
    public String version() {
        return version;
    }

    /** Product, version and where it came from, for people. */
    public String label() {
        return engine().title() + " " + version + " (" + origin + ")";
    }

    /** Where the server came from, for people. */
    public String origin() {
        return origin;
    }

    /** The TCP port on 127.0.0.1 of a server that we started; 0 for one without a port. */
    public int port() {
        return endpoint.port();
    }

    /** Makes a new, empty database that nobody else uses; it is dropped when it is closed. */
    public TestDatabase fresh() {
        String name =
                "t" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        Schemas.create(this, name);
        return new TestDatabase(this, name);
    }

    /** Makes a new, empty database of the same name as one on another server has, as replicas have. */
    public TestDatabase freshLike(TestDatabase other) {
        Schemas.create(this, other.name());
        return new TestDatabase(this, other.name());
    }

    /**
     * Kills the server and its children with SIGKILL and returns when they are gone. What was committed is still in its
     * data folder.
     *
     * @throws IllegalStateException if it is down
     * @throws UnsupportedOperationException if the server is shared, or not a process of ours
     */
    public void crash() {
        local().crash();
    }

    /**
     * Starts the server again after {@link #crash()}, on the same data and port, and returns when it accepts logins.
     *
     * @throws IllegalStateException if it is running, or does not start
     * @throws UnsupportedOperationException if the server is shared, or not a process of ours
     */
    public void start() {
        local().start();
    }

    /**
     * Stops the server and its children with SIGSTOP: connections stay open and nothing answers.
     *
     * @throws IllegalStateException if it is not running
     * @throws UnsupportedOperationException if the server is shared, or not a process of ours
     */
    public void freeze() {
        local().freeze();
    }

    /**
     * Lets a frozen server go on.
     *
     * @throws IllegalStateException if it is not frozen
     * @throws UnsupportedOperationException if the server is shared, or not a process of ours
     */
    public void thaw() {
        local().thaw();
    }

    /** Whether a server of ours ran and has ended though nobody crashed it. */
    boolean hasEnded() {
        return local != null && local.hasEnded();
    }

    /** Starts a server of ours again that has ended by itself, and says so: one of its faults shall fail few tests. */
    void revive() {
        String last = local == null ? null : local.revive();
        if (last != null) {
            System.out.println(
                    "[databases] " + label() + " HAD ENDED BY ITSELF, and was started again; it wrote:\n" + last);
        }
    }

    /** Kills the server in whatever state it is and deletes its data; does nothing to a shared server. */
    @Override
    public void close() {
        if (local != null && !shared) {
            local.close();
        }
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** False while a server of ours is down or frozen, when asking it anything would hang or fail. */
    boolean answers() {
        return local == null || local.running();
    }

    Connection connect(String database) throws SQLException {
        Driver driver = engine().ownDriver();
        return driver.dataSource(driver.url(endpoint, database), endpoint.user(), endpoint.password())
                .getConnection();
    }

    private LocalServer local() {
        if (local == null || shared) {
            throw new UnsupportedOperationException(label()
                    + " is not a process of the caller's own; use DatabaseUnderTest." + tested + ".startPrivate()");
        }
        return local;
    }

    private String askVersion() {
        try (Connection connection = connect(endpoint.adminDatabase());
                Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(engine().versionQuery())) {
            answer.next();
            return answer.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(
                    engine().title() + " at " + endpoint.location() + " does not tell its version", e);
        }
    }
}
