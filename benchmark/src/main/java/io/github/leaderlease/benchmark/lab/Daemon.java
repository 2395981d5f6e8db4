package io.github.leaderlease.benchmark.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server that is a binary of this machine, in a folder of its own. It ends with us, however we end. */
public final class Daemon implements AutoCloseable {

    private static final Duration START_BOUND = Duration.ofSeconds(20);
    private static final Duration STEP = Duration.ofMillis(50);

    /** Kills the server when our end of the pipe closes. */
    private static final String WATCH = "\"$@\" </dev/null & server=$!; read -r never; kill -KILL $server";

    private final Process shell;

    private Daemon(Process shell) {
        this.shell = shell;
    }

    /** Starts a server, and waits until its port takes connections. */
    public static Daemon start(int port, Path log, List<String> command) throws IOException, InterruptedException {
        List<String> watched = new ArrayList<>(List.of("sh", "-c", WATCH, "watched-server"));
        watched.addAll(command);
        Process shell = new ProcessBuilder(watched)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        Daemon daemon = new Daemon(shell);
        long end = System.nanoTime() + START_BOUND.toNanos();
        while (!answers(port)) {
            if (System.nanoTime() > end) {
                daemon.close();
                throw new IllegalStateException(command.get(0) + " does not listen on port " + port + "; see " + log);
            }
            TimeUnit.NANOSECONDS.sleep(STEP.toNanos());
        }
        return daemon;
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** A program on the PATH, or where only an administrator has it. */
    public static Optional<Path> find(String program) {
        Stream<String> folders = Arrays.stream((System.getenv("PATH") + ":/usr/sbin:/usr/local/sbin").split(":", -1));
        return folders.map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The first line that a command prints, such as a version. */
    public static String firstLine(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return output.lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A TCP port that nobody listens on. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        try {
            shell.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
