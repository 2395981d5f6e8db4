package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.leaderlease.testdatabases.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A main class of these tests in a JVM of its own, seen from the test. */
final class ChildProcess implements AutoCloseable {

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();

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
            output.lines().filter(line -> !line.isEmpty()).forEach(lines::add);
        } catch (UncheckedIOException | IOException e) {
            lines.add("its output ended: " + e);
        }
    }

    List<String> told(String what) {
        return lines.stream()
                .filter(line -> line.startsWith("node: " + what))
                .map(line -> line.substring("node: ".length()))
                .toList();
    }

    String awaitTold(String what, Duration bound) {
        await().alias("the child says '" + what + "' in " + lines)
                .atMost(bound)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> !told(what).isEmpty());
        return told(what).get(0);
    }

    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).as("kill -%s", name).isZero();
    }

    int exit(Duration bound) throws InterruptedException {
        assertThat(process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS))
                .as("the child has ended: %s", lines)
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
