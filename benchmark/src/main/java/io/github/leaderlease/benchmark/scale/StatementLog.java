package io.github.leaderlease.benchmark.scale;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a PostgreSQL server was asked, from its own log: each statement of new connections to one database is a line, also
 * {@code begin} and {@code commit}.
 */
public final class StatementLog {

    /** The embedded server has no pg_stat_statements; its log counts whatever reaches it. */
    private static final List<String> SETTINGS =
            List.of("log_statement = 'all'", "log_parameter_max_length = 0", "log_duration = off");

    private final Path file;
    private long read;

    private StatementLog(Path file) {
        this.file = file;
    }

    /** Begins to log; empty where the log cannot be read. */
    public static Optional<StatementLog> begin(Connection connection) throws SQLException, IOException {
        Optional<ServerProcesses> server = ServerProcesses.of(connection);
        Optional<Path> file = server.isPresent() ? server.get().log() : Optional.empty();
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try (Statement statement = connection.createStatement()) {
            for (String setting : SETTINGS) {
                statement.execute("alter database " + connection.getCatalog() + " set " + setting);
            }
        }
        return Optional.of(new StatementLog(file.get()));
    }

    /** From now on. */
    public void skip() throws IOException {
        read = file.toFile().length();
    }

    /** The statements since the last call. */
    public List<String> next() throws IOException {
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            byte[] text = new byte[Math.toIntExact(log.length() - read)];
            log.seek(read);
            log.readFully(text);
            read += text.length;
            return entries(new String(text, StandardCharsets.UTF_8))
                    .filter(entry -> entry.contains("LOG:  statement: ") || entry.contains("LOG:  execute "))
                    .toList();
        }
    }

    /** Lines that begin with a tab go on with the entry before them. */
    private static Stream<String> entries(String text) {
        return Arrays.stream(text.split("\n(?!\t)", -1));
    }
}
