package io.github.leaderlease.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A process that stands still until this is closed, or until the demo ends in whatever way: a shell watches over it, since
 * whoever stands still cannot see that the demo is gone.
 */
final class Freezer implements AutoCloseable {

    private static final String STOPPED = "stopped";
    private static final String SCRIPT = "trap '' HUP INT TERM\n"
            + "kill -s STOP \"$0\" && echo " + STOPPED + "\n"
            + "read -r rest\n"
            + "kill -s CONT \"$0\"";

    private final Process shell;

    private Freezer(Process shell) {
        this.shell = shell;
    }

    /** Whether this machine knows the signals. */
    static boolean usable() {
        return !System.getProperty("os.name", "").startsWith("Windows");
    }

    /** Returns when the signal was sent. */
    static Freezer stop(long pid) {
        try {
            Process shell = new ProcessBuilder("sh", "-c", SCRIPT, Long.toString(pid))
                    .redirectErrorStream(true)
                    .start();
            BufferedReader answers = shell.inputReader(UTF_8);
            String answer = answers.readLine();
            if (!STOPPED.equals(answer)) {
                throw new IllegalStateException("process " + pid + " cannot be stopped: " + answer);
            }
            return new Freezer(shell);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run a shell that sends SIGSTOP", e);
        }
    }

    /** Lets the process go on. May be called again. */
    @Override
    public void close() {
        try {
            shell.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException("the shell that sends SIGCONT cannot be reached", e);
        }
    }
}
