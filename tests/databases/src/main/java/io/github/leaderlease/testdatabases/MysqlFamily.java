package io.github.leaderlease.testdatabases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a MySQL and a MariaDB server are told alike. */
final class MysqlFamily {
    private static final String USERS = """
            create user if not exists '%1$s'@'%%' identified by '%2$s';
            grant all privileges on *.* to '%1$s'@'%%' with grant option;
            """.formatted(Endpoint.USER, Endpoint.PASSWORD);

    /** Without one there is nothing that a replica could acknowledge. */
    static final List<String> BINARY_LOG = List.of("--log-bin=binlog", "--server-id=1", "--sync-binlog=0");

    private MysqlFamily() {}

    /** Adds to the command of a server what it needs to serve this port with our user. */
    static List<String> serving(List<String> server, Path directory, int port) {
        List<String> command = new ArrayList<>(server);
        command.add("--bind-address=127.0.0.1");
        command.add("--port=" + port);
        command.add("--socket=" + directory.resolve("s"));
        command.add("--pid-file=" + directory.resolve("pid"));
        command.add(temporaryFilesIn(directory));
        command.add("--skip-name-resolve");
        command.add("--performance-schema=OFF");
        command.add("--max-connections=300");
        // Written at each commit, so that a crash of the server loses none; synced each second, which is faster.
        command.add("--innodb-flush-log-at-trx-commit=2");
        command.add("--init-file=" + users(directory));
        return command;
    }

    /** By default all servers share one folder, and each that starts deletes the temporary tables of the others. */
    static String temporaryFilesIn(Path directory) {
        try {
            return "--tmpdir=" + Files.createDirectories(directory.resolve("tmp"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write to " + directory, e);
        }
    }

    private static Path users(Path directory) {
        try {
            return Files.writeString(directory.resolve("users.sql"), USERS);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write to " + directory, e);
        }
    }
}
