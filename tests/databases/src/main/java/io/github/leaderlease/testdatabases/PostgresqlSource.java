package io.github.leaderlease.testdatabases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/** PostgreSQL from the binaries that the build puts on the class path. It refuses to run as root. */
final class PostgresqlSource implements Source {
    private final String folder;

    /** Takes the binaries in a folder of the class path. */
    PostgresqlSource(String folder) {
        this.folder = folder;
    }

    @Override
    public TestServer start(DatabaseUnderTest tested, boolean alone) throws AbsentException {
        Path home = Cache.unpackTar(folder, archive());
        Command.requireRunnable(
                home.resolve("bin/postgres"), "set LEADER_LEASE_TEST_POSTGRESQL_URL to another server", "--version");
        int port = Ports.free();
        Endpoint endpoint = Endpoint.local(port, "postgres");
        Path directory = Folders.newServerFolder(folder);
        initialize(home, directory);
        LocalServer server = new LocalServer(Engine.POSTGRESQL, endpoint, command(home, directory, port), directory);
        return new TestServer(tested, endpoint, "embedded", server.start());
    }

    private URL archive() throws AbsentException {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
        String machine = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
        String resource = "/" + folder + "/postgres-" + system + "-" + machine + ".txz";
        URL archive = PostgresqlSource.class.getResource(resource);
        if (archive == null) {
            throw new AbsentException(
                    "no " + resource + " on the class path; tests/databases/pom.xml has no binaries for "
                            + System.getProperty("os.name") + " on " + System.getProperty("os.arch"));
        }
        return archive;
    }

    private static void initialize(Path home, Path directory) {
        try {
            Path password = Files.writeString(directory.resolve("password"), Endpoint.PASSWORD);
            Unprivileged.give(directory, password);
            Command.succeed(Unprivileged.command(
                    home.resolve("bin/initdb").toString(),
                    "--pgdata=" + directory.resolve("data"),
                    "--username=" + Endpoint.USER,
                    "--pwfile=" + password,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--no-sync"));
            // Nothing here survives the machine. In the file, so that a benchmark can say otherwise.
            Files.writeString(directory.resolve("data/postgresql.conf"), "fsync = off\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot prepare " + directory, e);
        }
    }

    private static List<String> command(Path home, Path directory, int port) {
        return Unprivileged.command(
                home.resolve("bin/postgres").toString(),
                "-D",
                directory.resolve("data").toString(),
                "-p",
                Integer.toString(port),
                // A crash of the server must lose no commit.
                "-c",
                "synchronous_commit=on",
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "max_connections=300",
                "-c",
                "max_prepared_transactions=20");
    }
}
