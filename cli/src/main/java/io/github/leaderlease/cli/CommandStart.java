package io.github.leaderlease.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Starts a supervisor's command. What passes, such as a lack of processes, is no reason to give up at once. */
final class CommandStart {

    /** What an attempt came to. */
    sealed interface Result {
        /** It runs. */
        record Started(Process process) implements Result {}

        /** It cannot be run. */
        record Refused(int status, String reason) implements Result {}

        /** Not now, but perhaps in a moment. */
        record NotYet() implements Result {}
    }

    /** Linux and BSD agree on these: no process, no memory, no file table entry, no descriptor, file being written. */
    private static final Map<Integer, String> PASSING = Map.of(
            11, "the number of processes is short (ulimit -u, limits of the container)",
            35, "the number of processes is short (ulimit -u)",
            12, "memory is short",
            23, "the system's table of open files is full",
            24, "the number of open files is short (ulimit -n)",
            26, "somebody is writing it");

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int NO_SUCH_FILE = 2;
    private static final int NOT_NOW = 1;

    private static final String BYTES_CHANGE =
            "its arguments or options of its JVM hold bytes beyond ASCII, which this Java"
                    + " cannot give on unchanged: use another JDK";

    private final CommandSpec task;
    private @Nullable Long firstAt;

    CommandStart(CommandSpec task) {
        this.task = task;
    }

    Result attempt() {
        if (firstAt == null) {
            firstAt = System.nanoTime();
        }
        ProcessBuilder builder = new ProcessBuilder(task.command()).inheritIO();
        apply(task.environment(), builder.environment());
        try {
            if (!task.isAscii() && !bytesSurvive()) {
                return new Result.Refused(Executable.NOT_EXECUTABLE, BYTES_CHANGE);
            }
            return new Result.Started(builder.start());
        } catch (IOException e) {
            return refused(String.valueOf(e.getMessage()));
        }
    }

    private static void apply(Map<String, @Nullable String> changes, Map<String, String> environment) {
        changes.forEach((name, value) -> {
            if (value == null) {
                environment.remove(name);
            } else {
                environment.put(name, value);
            }
        });
    }

    private Result refused(String message) {
        Matcher number = Pattern.compile("error=(\\d+)").matcher(message);
        int error = number.find() ? Integer.parseInt(number.group(1)) : 0;
        String passing = error == 0 ? "a process cannot be started now" : PASSING.get(error);
        if (passing == null) {
            return new Result.Refused(
                    error == NO_SUCH_FILE ? Executable.NOT_FOUND : Executable.NOT_EXECUTABLE, message);
        }
        boolean again = firstAt != null && System.nanoTime() - firstAt < PATIENCE_NANOS;
        return again ? new Result.NotYet() : new Result.Refused(NOT_NOW, message + ": " + passing);
    }

    /** Tried out, for no JDK promises it: gives all bytes beyond ASCII to a shell and looks at what arrives. */
    private static boolean bytesSurvive() throws IOException {
        String probe = IntStream.range(128, 256).mapToObj(Character::toString).collect(Collectors.joining());
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", "printf %s \"$1$P\"", "sh", probe)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("P", probe);
        Process shell = builder.start();
        shell.getOutputStream().close();
        byte[] arrived = shell.getInputStream().readAllBytes();
        return Arrays.equals(arrived, (probe + probe).getBytes(ISO_8859_1));
    }
}
