package io.github.leaderlease.testdatabases;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A short command that is run to its end. */
final class Command {
    private static final long BOUND_SECONDS = 120;
    private static final List<String> SYSTEM_FOLDERS = List.of("/usr/sbin", "/usr/local/sbin", "/usr/libexec");

    /** How a command ended: its status, and all that it printed. */
    record Outcome(int status, String output) {}

    private Command() {}

    static Outcome outcome(List<String> command) {
        try {
            return run(command);
        } catch (IOException e) {
            // What a shell says of a command that it cannot run; the caller decides whether this is a fault.
            return new Outcome(126, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while running " + command, e);
        }
    }

    static void succeed(List<String> command) {
        Outcome outcome = outcome(command);
        if (outcome.status() != 0) {
            throw new IllegalStateException(
                    "Status " + outcome.status() + " from " + command + "\n" + tail(outcome.output()));
        }
    }

    /** Finds out whether a server's binary runs here at all: its libraries may be missing. */
    static void requireRunnable(Path binary, String remedy, String... options) throws AbsentException {
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(List.of(options));
        Outcome outcome = outcome(command);
        if (outcome.status() != 0) {
            throw new AbsentException(binary.getFileName() + " does not run here (status " + outcome.status() + ": "
                    + outcome.output().strip() + "); " + remedy);
        }
    }

    /** A program on the PATH, or where systems keep those that only root needs. */
    static Path onPath(String program) throws AbsentException {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Pattern.compile(File.pathSeparator).splitAsStream(path), SYSTEM_FOLDERS.stream())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AbsentException("the operating system has no " + program));
    }

    static String tail(String text) {
        return text.length() <= 4_000 ? text : "…" + text.substring(text.length() - 4_000);
    }

    private static Outcome run(List<String> command) throws IOException, InterruptedException {
        // A file and not a pipe: a child that stays behind must not keep us reading.
        Path output = Files.createTempFile("leader-lease-command", ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(command + " did not end in " + BOUND_SECONDS + " s");
            }
            return new Outcome(process.exitValue(), Files.readString(output, UTF_8));
        } finally {
            Files.delete(output);
        }
    }
}
