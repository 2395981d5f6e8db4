package io.github.leaderlease.testdatabases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * PgBouncer in transaction mode before a PostgreSQL database: each transaction gets any one of few server connections.
 * It ends with the JVM at the latest. Where it came from, or why there is none, is left for {@link DatabaseReport}.
 */
public final class PgBouncer implements AutoCloseable {
    /** What stands in the {@link DatabaseReport}. */
    static final String NAME = "PGBOUNCER";

    static final String TITLE = "PgBouncer";

    private static final String VARIABLE = "LEADER_LEASE_TEST_PGBOUNCER";
    private static final String REMEDY = "install pgbouncer, or name its binary in " + VARIABLE;

    private final TestDatabase database;
    private final int port;
    private final LocalServer process;

    private PgBouncer(TestDatabase database, int port, LocalServer process) {
        this.database = database;
        this.port = port;
        this.process = process;
    }

    /**
     * Starts one with room for 2,000 clients.
     *
     * @param database on a PostgreSQL server on this machine
     * @param serverConnections how many connections to the database all clients share
     * @throws TestAbortedException with the reason, if this machine has no PgBouncer
     * @throws IllegalStateException if it should run on this machine and does not
     */
    public static PgBouncer before(TestDatabase database, int serverConnections) {
        return before(database, serverConnections, System.getenv(VARIABLE), DatabaseRecord::announce);
    }

    /** The same in a mode in which each single statement gets any one of the server connections. */
    public static PgBouncer inStatementMode(TestDatabase database, int serverConnections) {
        return before(database, serverConnections, "statement", System.getenv(VARIABLE), DatabaseRecord::announce);
    }

    static PgBouncer before(
            TestDatabase database, int serverConnections, @Nullable String binary, Consumer<DatabaseRecord> recorder) {
        return before(database, serverConnections, "transaction", binary, recorder);
    }

    private static PgBouncer before(
            TestDatabase database,
            int serverConnections,
            String mode,
            @Nullable String binary,
            Consumer<DatabaseRecord> recorder) {
        try {
            if (database.engine() != Engine.POSTGRESQL || database.server().port() == 0) {
                throw new AbsentException("it needs a PostgreSQL on a TCP port, not " + database.label());
            }
            Path program = program(binary);
            Command.requireRunnable(program, REMEDY, "--version");
            PgBouncer started = start(program, database, serverConnections, mode);
            String origin = binary == null ? "the operating system's" : "from " + VARIABLE;
            recorder.accept(DatabaseRecord.ran(NAME, origin, version(program)));
            return started;
        } catch (AbsentException e) {
            recorder.accept(DatabaseRecord.absent(NAME, e.reason()));
            throw new TestAbortedException("No " + TITLE + " on this machine: " + e.reason(), e);
        } catch (RuntimeException e) {
            recorder.accept(DatabaseRecord.failed(NAME, String.valueOf(e.getMessage())));
            throw e;
        }
    }

    private static Path program(@Nullable String binary) throws AbsentException {
        if (binary == null) {
            try {
                return Command.onPath("pgbouncer");
            } catch (AbsentException e) {
                throw new AbsentException(e.reason() + "; " + REMEDY, e);
            }
        }
        Path named = Path.of(binary);
        if (!Files.isExecutable(named)) {
            throw new AbsentException(VARIABLE + "=" + binary + " is no program");
        }
        return named;
    }

    private static String version(Path program) {
        Optional<String> first = Command.outcome(List.of(program.toString(), "--version"))
                .output()
                .lines()
                .findFirst();
        return first.orElse("").replace("PgBouncer ", "");
    }

    private static PgBouncer start(Path program, TestDatabase database, int serverConnections, String mode) {
        int port = Ports.free();
        Path directory = Folders.newServerFolder("pgbouncer");
        Path settings = directory.resolve("pgbouncer.ini");
        Path users = directory.resolve("users.txt");
        try {
            Files.writeString(settings, settings(database, port, users, serverConnections, mode));
            Files.writeString(users, "\"" + database.user() + "\" \"" + database.password() + "\"\n");
            Unprivileged.give(directory, settings, users);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot prepare " + directory, e);
        }
        Endpoint endpoint = new Endpoint(
                "//127.0.0.1:" + port + "/", port, database.name(), database.user(), database.password(), "");
        LocalServer process = new LocalServer(
                Engine.POSTGRESQL, endpoint, Unprivileged.command(program.toString(), settings.toString()), directory);
        return new PgBouncer(database, port, process.start());
    }

    /** Hundreds of clients log in at once, and with SCRAM each login would cost milliseconds. */
    private static String settings(TestDatabase database, int port, Path users, int serverConnections, String mode) {
        return """
                [databases]
                * = host=127.0.0.1 port=%s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %s
                unix_socket_dir =
                auth_type = md5
                auth_file = %s
                pool_mode = %s
                default_pool_size = %s
                max_client_conn = 2000
                ignore_startup_parameters = extra_float_digits
                log_connections = 0
                log_disconnections = 0
                """.formatted(database.server().port(), port, users, mode, serverConnections);
    }

    /** The TCP port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** The JDBC URL that leads through it; without server-side prepared statements, which a server connection keeps. */
    public String url() {
        String url = database.urlThrough(port);
        return url + (url.contains("?") ? "&" : "?") + "prepareThreshold=0";
    }

    /** The driver's own unpooled DataSource for {@link #url()}. */
    public DataSource dataSource() {
        return database.dataSource(url());
    }

    /** Ends it and deletes its files; its clients lose their connections. */
    @Override
    public void close() {
        process.close();
    }
}
