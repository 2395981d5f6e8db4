package io.github.leaderlease.cli;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds programs as a shell does. */
final class Executable {

    /** A shell's exit status for a command that is there but is no program. */
    static final int NOT_EXECUTABLE = 126;

    /** A shell's exit status for a command that is not there. */
    static final int NOT_FOUND = 127;

    private Executable() {}

    /** The first program of this name on the PATH. */
    static Optional<Path> find(String name) {
        return candidates(name).filter(Executable::isProgram).findFirst();
    }

    /**
     * Refuses what could not be started, long before this node leads. A name that this locale has no characters for is
     * left to the supervisor, which knows bytes only.
     *
     * @throws Failures.Exit with a shell's exit status
     */
    static void check(String command) {
        if (!representable(command) || candidates(command).anyMatch(Executable::isProgram)) {
            return;
        }
        if (candidates(command).anyMatch(Files::exists)) {
            throw new Failures.Exit(
                    NOT_EXECUTABLE, "'" + command + "' is not executable: make it so with chmod +x, or name a program");
        }
        String where = command.contains(File.separator)
                ? " (seen from " + Path.of("").toAbsolutePath() + ")"
                : " in any folder of PATH=" + path();
        throw new Failures.Exit(NOT_FOUND, "command '" + command + "' was not found" + where);
    }

    private static boolean representable(String command) {
        return path(command).isPresent()
                && (command.contains(File.separator)
                        || Arrays.stream(folders())
                                .allMatch(folder -> path(folder).isPresent()));
    }

    private static Optional<Path> path(String name) {
        try {
            return name.indexOf('\uFFFD') < 0 ? Optional.of(Path.of(name)) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Stream<Path> candidates(String name) {
        if (name.contains(File.separator)) {
            return path(name).stream();
        }
        return Arrays.stream(folders()).flatMap(folder -> path(folder).stream()).map(folder -> folder.resolve(name));
    }

    private static String[] folders() {
        return path().split(File.pathSeparator, -1);
    }

    private static String path() {
        return Optional.ofNullable(System.getenv("PATH")).orElse("/usr/local/bin:/usr/bin:/bin");
    }

    private static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
