package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.testdatabases.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A main class of these tests in a JVM of its own, seen from the test. */
final class ChildProcess implements AutoCloseable {

    /** What it tells us; anything else it prints is its log. */
    private static final String TOLD = "node: ";

    private static final int LOG_KEPT = 200;

    private final Process process;
    private final List<String> told = new ArrayList<>();
    private final Deque<String> log = new ArrayDeque<>();
    private boolean ended;

    private ChildProcess(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "child-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** How a main class of these tests is started in a JVM of its own. */
    static List<String> jvm(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-Dleaderlease.notifications=" + System.getProperty("leaderlease.notifications", "on"),
                "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile"),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    static ChildProcess start(TestDatabase database, String node, Duration ttl, String exitUpon) throws IOException {
        return start(
                ChildNode.class,
                database.url(),
                database.user(),
                database.password(),
                node,
                Long.toString(ttl.toMillis()),
                exitUpon);
    }

    /** Starts a main class that takes commands on its standard input and tells of itself on its output. */
    static ChildProcess start(Class<?> main, String... arguments) throws IOException {
        return new ChildProcess(new ProcessBuilder(jvm(main, arguments))
                .redirectErrorStream(true)
                .start());
    }

    /** Sends it a command. */
    void command(String line) throws IOException {
        OutputStream input = process.getOutputStream();
        input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            output.lines().filter(line -> !line.isEmpty()).forEach(this::add);
        } catch (UncheckedIOException | IOException e) {
            add("its output ended: " + e);
        }
        synchronized (this) {
            ended = true;
            notifyAll();
        }
    }

    private synchronized void add(String line) {
        if (line.startsWith(TOLD)) {
            told.add(line.substring(TOLD.length()));
            notifyAll();
            return;
        }
        log.add(line);
        if (log.size() > LOG_KEPT) {
            log.remove();
        }
    }

    private synchronized String story() {
        return "it " + (ended ? "has ended" : "runs") + ", said " + told + " and logged at last " + log;
    }

    synchronized List<String> told(String what) {
        return told.stream().filter(line -> line.startsWith(what)).toList();
    }

    synchronized String awaitTold(String what, Duration bound) throws InterruptedException {
        long start = System.nanoTime();
        while (told(what).isEmpty()) {
            long left = bound.toNanos() - (System.nanoTime() - start);
            if (ended || left <= 0) {
                throw new AssertionError("the child was to say '" + what + "' within " + bound + ": " + story());
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return told(what).get(0);
    }

    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).as("kill -%s", name).isZero();
    }

    int exit(Duration bound) throws InterruptedException {
        assertThat(process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS))
                .as(() -> "the child was to end within " + bound + ": " + story())
                .isTrue();
        return process.exitValue();
    }

    /** The child ends in order when its input does. */
    void endInput() throws IOException {
        process.getOutputStream().close();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
