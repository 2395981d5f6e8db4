package io.github.leaderlease.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The processes of this machine that are alive, as Linux shows them under {@code /proc}. */
final class ProcessTable {

    /** One process. The group and the session outlive a parent; the start tells two processes with one id apart. */
    record Entry(long pid, long parent, long group, long session, long start) {}

    private static final int START = 19;

    private static final Path PROC = Path.of("/proc");

    private ProcessTable() {}

    static boolean readable() {
        return Files.isReadable(PROC.resolve("self/stat"));
    }

    static List<Entry> read() throws IOException {
        List<Entry> table = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                entry(process).forEach(table::add);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return table;
    }

    private static Stream<Entry> entry(Path process) {
        try {
            return parse(Files.readString(process.resolve("stat"), ISO_8859_1));
        } catch (IOException hasEnded) {
            return Stream.empty();
        }
    }

    /** {@code pid (name) state parent group session ... start ...}, where the name may hold anything; none for a dead process. */
    static Stream<Entry> parse(String stat) {
        int nameEnd = stat.lastIndexOf(')');
        String[] fields = stat.substring(nameEnd + 2).split(" ", -1);
        boolean dead = fields[0].equals("Z") || fields[0].equals("X");
        long pid = Long.parseLong(stat.substring(0, stat.indexOf(' ')));
        return dead
                ? Stream.empty()
                : Stream.of(new Entry(
                        pid,
                        Long.parseLong(fields[1]),
                        Long.parseLong(fields[2]),
                        Long.parseLong(fields[3]),
                        Long.parseLong(fields[START])));
    }

    /** Whether a process was started with a variable set to this value, as {@code NAME=value}; no if it cannot be read. */
    static boolean hasVariable(long pid, String variable) {
        try {
            String environment = Files.readString(PROC.resolve(pid + "/environ"), ISO_8859_1);
            return ("\0" + environment).contains("\0" + variable + "\0");
        } catch (IOException hasEndedOrIsNotOurs) {
            return false;
        }
    }
}
