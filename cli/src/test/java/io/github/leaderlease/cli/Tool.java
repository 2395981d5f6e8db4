package io.github.leaderlease.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A process of the command line, in a process group of its own, that is killed at the end of a test. */
final class Tool implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final List<String> out = new ArrayList<>();
    private final List<String> err = new ArrayList<>();

    private Tool(Process process) {
        this.process = process;
        reader(process.getInputStream(), out);
        reader(process.getErrorStream(), err);
    }

    static Tool start(String password, List<String> args) {
        return start(password, List.of(), Map.of(), args);
    }

    /** Started by a program that is given the tool's command line, and with more variables. */
    static Tool start(String password, List<String> starter, Map<String, String> variables, List<String> args) {
        // A shell makes what it starts in the background ignore SIGINT, and a build may have been started so.
        List<String> line = new ArrayList<>(List.of("setsid", "env", "--default-signal=INT"));
        line.addAll(starter);
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xmx128m", "-cp"));
        line.add(System.getProperty("java.class.path"));
        line.add(Main.class.getName());
        line.addAll(args);
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().putAll(variables);
        builder.environment().put(DatabaseOptions.PASSWORD_VARIABLE, password);
        try {
            return new Tool(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void reader(InputStream stream, List<String> lines) {
        Thread thread = new Thread(() -> {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    add(lines, line);
                }
            } catch (IOException closed) {
                add(lines, "(closed: " + closed.getMessage() + ")");
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private synchronized void add(List<String> lines, String line) {
        lines.add(line);
        notifyAll();
    }

    Process process() {
        return process;
    }

    synchronized List<String> err() {
        return List.copyOf(err);
    }

    synchronized List<String> out() {
        return List.copyOf(out);
    }

    /** Waits for a line of standard error that contains a text. */
    synchronized String awaitLine(String text) throws InterruptedException {
        return awaitLines(text, 1);
    }

    /** Waits until a text stood in so many lines of standard error, and gives the last of them. */
    synchronized String awaitLines(String text, int count) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Predicate<String> matches = line -> line.contains(text);
        while (err.stream().filter(matches).count() < count) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("no line with '" + text + "' within " + PATIENCE + " in " + err);
            }
            wait(left);
        }
        return err.stream().filter(matches).reduce((first, second) -> second).orElseThrow();
    }

    /** Waits for a line of standard output. */
    synchronized void awaitOut(String line) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!out.contains(line)) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("no line '" + line + "' within " + PATIENCE + " in " + out);
            }
            wait(left);
        }
    }

    /** Sends a signal to the tool's own process, such as STOP. */
    void signal(String signal) throws Exception {
        signal(signal, Long.toString(process.pid()));
    }

    /** Sends a signal to processes, or to groups of processes if their number is negative. */
    static void signal(String signal, String... targets) throws Exception {
        int status = new ProcessBuilder("bash", "-c", "kill -s " + signal + " -- " + String.join(" ", targets))
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new AssertionError("kill -s " + signal + " " + List.of(targets) + " failed with status " + status);
        }
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("still running after " + PATIENCE + ": " + err());
        }
        return process.exitValue();
    }

    /** The supervisors kill what they hold when the tool is gone; this waits for them. */
    @Override
    public void close() {
        List<ProcessHandle> below = process.descendants().toList();
        process.destroyForcibly();
        process.onExit().join();
        below.forEach(child ->
                child.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join());
    }
}
