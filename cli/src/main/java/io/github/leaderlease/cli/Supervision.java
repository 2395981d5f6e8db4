package io.github.leaderlease.cli;

import io.github.leaderlease.Leadership;
import io.github.leaderlease.cli.Frame.Kind;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The tool's side of one {@link Supervisor}: started ahead of time, used for one term. The tool watches the supervisor as
 * the supervisor watches the tool: if it dies, or does not ask in time, the tool kills the command itself.
 */
final class Supervision {

    /** How a command's time has ended. */
    sealed interface Ending {
        /** By itself, or it could not be started: then the reason says why. */
        record Exited(int status, @Nullable String reason) implements Ending {}

        /** It was told to stop, or killed when its time was over. */
        record Stopped() implements Ending {}

        /** The supervisor died or stood still, so the command was killed. */
        record SupervisorFailed() implements Ending {}
    }

    private static final Duration MAX_CHECK = Duration.ofSeconds(1);
    private static final Duration STOP_MARGIN = Duration.ofSeconds(1);

    private final Process process;
    private final boolean leadsSession;
    private final Path folder;
    private final CompletableFuture<Wire> connected = new CompletableFuture<>();
    private volatile @Nullable Leadership leadership;
    private volatile @Nullable Right granted;
    private volatile @Nullable Ending reported;
    private volatile LongConsumer whenStarted = pid -> {};

    private Supervision(Process process, boolean leadsSession, Path folder) {
        this.process = process;
        this.leadsSession = leadsSession;
        this.folder = folder;
    }

    /** Whether a command's whole session can be found, rather than its descendants only. */
    static boolean findsSessions() {
        return Executable.find("setsid").isPresent();
    }

    static Supervision start() throws IOException {
        Path folder = Files.createTempDirectory("leader-lease-");
        Path address = folder.resolve("s");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(address));
        Optional<Path> setsid = Executable.find("setsid");
        List<String> command = new ArrayList<>();
        setsid.ifPresent(program -> command.add(program.toString()));
        command.addAll(jvm());
        command.addAll(List.of(Supervisor.class.getName(), address.toString(), Boolean.toString(setsid.isPresent())));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().remove(DatabaseOptions.PASSWORD_VARIABLE);
        Process process = builder.start();
        Supervision supervision = new Supervision(process, setsid.isPresent(), folder);
        Thread thread = new Thread(() -> supervision.serve(server), "supervisor-" + process.pid());
        thread.setDaemon(true);
        thread.start();
        return supervision;
    }

    /** Flags for a small JVM that starts quickly and leaves no file behind. */
    private static List<String> jvm() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:-MaxFDLimit",
                "-Xshare:auto",
                "-Xss256k",
                "-Xmx32m",
                "-cp",
                ownClasses());
    }

    private static String ownClasses() {
        try {
            return Path.of(Supervisor.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the class path names a folder or jar that is no file", e);
        }
    }

    private void serve(ServerSocketChannel server) {
        CompletableFuture<Void> unused = process.onExit().thenRun(() -> closeQuietly(server));
        try (server;
                Wire wire = new Wire(server.accept())) {
            server.close();
            deleteFolder();
            connected.complete(wire);
            for (Frame frame = wire.receive(); frame != null; frame = wire.receive()) {
                handle(frame, wire);
            }
        } catch (IOException gone) {
            connected.completeExceptionally(gone);
            deleteFolder();
        }
    }

    private static void closeQuietly(ServerSocketChannel server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new IllegalStateException("a socket that waits for nobody cannot be closed", e);
        }
    }

    private void deleteFolder() {
        folder.resolve("s").toFile().delete();
        folder.toFile().delete();
    }

    private void handle(Frame frame, Wire wire) throws IOException {
        switch (frame.kind()) {
            case ASK -> {
                Right asked = Right.askedNow();
                Leadership term = leadership;
                long remaining = term == null ? 0 : term.remaining().toNanos();
                granted = asked.answered(remaining);
                wire.send(new Frame(Kind.ANSWER, remaining));
            }
            case STARTED -> whenStarted.accept(frame.number());
            case NOT_STARTED ->
                reported = new Ending.Exited(
                        Math.toIntExact(frame.number()), frame.words().get(0));
            case ENDED -> reported = new Ending.Exited(Math.toIntExact(frame.number()), null);
            case STOPPED -> reported = new Ending.Stopped();
            default -> throw new IOException("unexpected frame " + frame);
        }
    }

    /** Whether it can still be handed a command. */
    boolean usable() {
        return process.isAlive() && !connected.isCompletedExceptionally();
    }

    /**
     * Runs a command until it ends, or until the term does. Interrupting asks it to stop. Returns only when nothing of the
     * command is left.
     *
     * @param started told the process id of the command
     */
    Ending run(Leadership term, Task task, LongConsumer started) {
        whenStarted = started;
        granted = Right.askedNow().answered(term.remaining().toNanos());
        leadership = term;
        ProcessTree tree = ProcessTree.marked(process.pid(), leadsSession, task.mark());
        Stop stop = new Stop(task.stopTimeout().plus(STOP_MARGIN));
        try {
            connected.get(term.remaining().toNanos(), TimeUnit.NANOSECONDS);
            send(task.toFrame());
        } catch (InterruptedException e) {
            return end(tree, false);
        } catch (ExecutionException | TimeoutException e) {
            return end(tree, true);
        }
        boolean inTime = true;
        while (process.isAlive() && inTime) {
            try {
                process.waitFor(nanosToCheck(term), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                stop.ask();
                send(new Frame(term.isValid() ? Kind.STOP : Kind.OVER, 0));
            }
            inTime = term.isValid() && !stop.overdue() && !stoodStill();
        }
        return end(tree, stoodStill() && term.isValid());
    }

    /** A stop that was asked for, and when the supervisor should have seen to it. */
    private static final class Stop {
        private final Duration within;
        private @Nullable Right right;

        Stop(Duration within) {
            this.within = within;
        }

        void ask() {
            if (right == null) {
                right = Right.askedNow().answered(within.toNanos());
            }
        }

        boolean overdue() {
            return right != null && right.left() <= 0;
        }
    }

    private static long nanosToCheck(Leadership term) {
        return Math.min(term.remaining().toNanos(), MAX_CHECK.toNanos());
    }

    /** A supervisor that did not ask again in time should have killed the command by now. */
    private boolean stoodStill() {
        Right last = granted;
        return last != null && last.left() <= 0;
    }

    /** Whoever is still there is killed. That the term is not given back before nothing is left is why this may take for ever. */
    private Ending end(ProcessTree tree, boolean failed) {
        boolean killed = process.isAlive();
        do {
            tree.kill();
            process.destroyForcibly();
            process.onExit().join();
        } while (!tree.kill());
        deleteFolder();
        Ending told = reported;
        if (told != null) {
            return told;
        }
        boolean died = !killed && process.exitValue() != 0;
        return failed || died ? new Ending.SupervisorFailed() : new Ending.Stopped();
    }

    private void send(Frame frame) {
        Wire wire = connected.getNow(null);
        try {
            if (wire != null) {
                wire.send(frame);
            }
        } catch (IOException gone) {
            process.destroyForcibly();
        }
    }

    /** For one that was never used. */
    void discard() {
        process.destroyForcibly();
        process.onExit().join();
        deleteFolder();
    }
}
