package io.github.leaderlease.benchmark.crowd;

import io.github.leaderlease.benchmark.lab.Daemon;
import io.github.leaderlease.testdatabases.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** PgBouncer in transaction mode before a database, so that a thousand candidates need no thousand server processes. */
final class Pooler implements AutoCloseable {

    private static final int POOL = 16;
    private static final int CLIENTS = 4000;

    private final Daemon daemon;
    private final int port;

    private Pooler(Daemon daemon, int port) {
        this.daemon = daemon;
        this.port = port;
    }

    /** Empty where there is no such program. */
    static Optional<Pooler> start(TestDatabase database, Path folder) throws IOException, InterruptedException {
        Optional<Path> program = Daemon.find("pgbouncer");
        if (program.isEmpty()) {
            return Optional.empty();
        }
        int port = Daemon.freePort();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path settings = Files.writeString(folder.resolve("pgbouncer.ini"), """
                [databases]
                %s = host=127.0.0.1 port=%s user=%s password=%s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %s
                unix_socket_dir =
                auth_type = any
                pool_mode = transaction
                default_pool_size = %s
                max_client_conn = %s
                ignore_startup_parameters = extra_float_digits
                log_connections = 0
                log_disconnections = 0
                """.formatted(
                database.name(), database.server().port(), database.user(), database.password(), port, POOL, CLIENTS));
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("setpriv", "--reuid=nobody", "--clear-groups", "--"));
        }
        command.addAll(List.of(program.get().toString(), settings.toString()));
        return Optional.of(new Pooler(Daemon.start(port, folder.resolve("pgbouncer.log"), command), port));
    }

    /** The URL through it: no prepared statements of a session, as it gives each transaction another one. */
    String url(TestDatabase database) {
        return database.urlThrough(port) + (database.url().contains("?") ? "&" : "?") + "prepareThreshold=0";
    }

    @Override
    public void close() {
        daemon.close();
    }
}
