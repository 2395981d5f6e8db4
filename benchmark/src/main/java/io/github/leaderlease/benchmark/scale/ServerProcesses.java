package io.github.leaderlease.benchmark.scale;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The processes of a PostgreSQL server on this machine, as Linux shows them. */
final class ServerProcesses {

    /** Linux tells processor time in hundredths of a second, on all architectures that Java runs on. */
    private static final double MILLIS_PER_TICK = 10;

    private static final int PARENT = 1;
    private static final List<Integer> OWN = List.of(11, 12);
    private static final List<Integer> CHILDREN = List.of(13, 14);

    private final long postmaster;

    private ServerProcesses(long postmaster) {
        this.postmaster = postmaster;
    }

    /** Empty where this machine is not Linux or the server is somewhere else. */
    static Optional<ServerProcesses> of(Connection connection) throws SQLException, IOException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            Path backend = Path.of("/proc", row.getString(1), "stat");
            if (!Files.isReadable(backend)) {
                return Optional.empty();
            }
            return Optional.of(new ServerProcesses(fields(backend)[PARENT]));
        }
    }

    /** Processor time of all its processes since it was started, also of those that have ended. */
    double cpuMillis() throws IOException {
        long ticks = 0;
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path process : all.filter(each -> each.getFileName().toString().matches("[0-9]+"))
                    .toList()) {
                long[] fields = fields(process.resolve("stat"));
                boolean main = process.getFileName().toString().equals(Long.toString(postmaster));
                if (main || fields[PARENT] == postmaster) {
                    ticks += sum(fields, OWN) + (main ? sum(fields, CHILDREN) : 0);
                }
            }
        }
        return ticks * MILLIS_PER_TICK;
    }

    /** The file that it logs to, if its standard error is one. */
    Optional<Path> log() throws IOException {
        Path log = Path.of("/proc", Long.toString(postmaster), "fd", "2").toRealPath();
        return Files.isRegularFile(log) && Files.isReadable(log) ? Optional.of(log) : Optional.empty();
    }

    private static long sum(long[] fields, List<Integer> which) {
        return which.stream().mapToLong(each -> fields[each]).sum();
    }

    /** What comes after the process's name, which may hold anything; zeros for one that has just ended. */
    private static long[] fields(Path stat) {
        try {
            String text = new String(Files.readAllBytes(stat), StandardCharsets.ISO_8859_1);
            String[] words = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
            long[] fields = new long[words.length];
            for (int i = 1; i < words.length; i++) {
                fields[i] = Long.parseUnsignedLong(words[i].strip().replace("-", ""));
            }
            return fields;
        } catch (IOException e) {
            return new long[15];
        }
    }
}
