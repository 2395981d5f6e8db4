package io.github.leaderlease.testdatabases;

import java.util.Arrays;
import java.util.stream.Stream;

/**
 * One database server that tests can run on. Nothing is started before the first {@link #require()}; the server is then
 * shared by all tests of the JVM. Where a server came from, or why there is none, is left for {@link DatabaseReport}.
 */
public enum DatabaseUnderTest {
    /** H2 inside the JVM of the tests. */
    H2_MEMORY(Engine.H2),
    /** H2 as a server process, reached by TCP. */
    H2_SERVER(Engine.H2),
    /** The newest PostgreSQL. */
    POSTGRESQL(Engine.POSTGRESQL),
    /** The oldest major of PostgreSQL that we support. */
    POSTGRESQL_OLDEST(Engine.POSTGRESQL),
    /** A present-day MySQL. */
    MYSQL(Engine.MYSQL),
    /** MySQL 8.0.31, which Maven has for any machine. */
    MYSQL_8_0(Engine.MYSQL),
    /** MySQL 8.0.15, which is older than what we support: it parses CHECK and does not enforce it. */
    MYSQL_8_0_15(Engine.MYSQL),
    /** MariaDB 11.4. */
    MARIADB(Engine.MARIADB),
    /** MariaDB 10.11. */
    MARIADB_10_11(Engine.MARIADB);

    private final Engine engine;

    DatabaseUnderTest(Engine engine) {
        this.engine = engine;
    }

    /** The databases of some products that we support, those of the first product first. */
    public static Stream<DatabaseUnderTest> of(Engine... engines) {
        return Arrays.stream(engines)
                .flatMap(engine ->
                        Arrays.stream(values()).filter(tested -> tested.engine == engine && tested.supported()));
    }

    /** Whether the library is meant for it; what is not is there to see that it is refused or warned of. */
    public boolean supported() {
        return this != MYSQL_8_0_15;
    }

    /** The product. */
    public Engine engine() {
        return engine;
    }

    /**
     * The server that all tests of this JVM share; it is started at the first call, which takes seconds.
     *
     * @throws org.opentest4j.TestAbortedException with the reason, if it cannot be had on this machine
     * @throws IllegalStateException if it should run on this machine and does not
     */
    public TestServer require() {
        return SharedServer.of(this).require();
    }

    /** A new, empty database on the shared server; the same as {@code require().fresh()}. */
    public TestDatabase fresh() {
        return require().fresh();
    }

    /**
     * Starts a server of the caller's own, which it may crash and freeze and should close.
     *
     * @throws org.opentest4j.TestAbortedException with the reason, if this machine cannot run it as a process
     * @throws IllegalStateException if it should run on this machine and does not
     */
    public TestServer startPrivate() {
        return SharedServer.of(this).startPrivate();
    }
}
