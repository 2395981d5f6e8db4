package io.github.leaderlease.cli;

import io.github.leaderlease.Leadership;
import io.github.leaderlease.cli.Frame.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The tool's side of one {@link Supervisor}: started ahead of time, used for one term. The tool watches the supervisor as
 * the supervisor watches the tool: if it dies, or does not ask in time, the tool kills the command itself.
 */
final class SupervisorHandle {

    /** How a command's time has ended. */
    sealed interface Ending {
        /** By itself, or it could not be started: then the reason says why. */
        record Exited(int status, @Nullable String reason) implements Ending {}

        /** It was told to stop, or killed when its time was over; asked for if it was not the lease that ran out. */
        record Stopped(boolean asked) implements Ending {}

        /** The supervisor died or stood still, so the command was killed, if it had been started at all. */
        record SupervisorFailed(boolean commandStarted) implements Ending {}
    }

    private static final Duration MAX_CHECK = Duration.ofSeconds(1);
    private static final Duration STOP_MARGIN = Duration.ofSeconds(1);
    private static final Duration TRY_AGAIN = Duration.ofMillis(100);

    private final Process process;
    private final boolean leadsSession;
    private final SocketFolder place;
    private final CompletableFuture<FramedSocket> connected = new CompletableFuture<>();
    private volatile @Nullable Leadership leadership;
    private volatile @Nullable Permit granted;
    private volatile @Nullable Ending reported;
    private volatile LongConsumer whenStarted = pid -> {};
    private volatile boolean commandStarted;
    private volatile boolean stopAsked;

    private SupervisorHandle(Process process, boolean leadsSession, SocketFolder place) {
        this.process = process;
        this.leadsSession = leadsSession;
        this.place = place;
    }

    /** Whether a command's whole session can be found, rather than its descendants only. */
    static boolean findsSessions() {
        return Executable.find("setsid").isPresent();
    }

    static SupervisorHandle start() throws IOException {
        SocketFolder place = SocketFolder.open();
        Process process = null;
        try {
            Optional<Path> setsid = Executable.find("setsid");
            List<String> command = new ArrayList<>();
            setsid.ifPresent(program -> command.add(program.toString()));
            command.addAll(SupervisorJvm.command());
            command.addAll(List.of(
                    Supervisor.class.getName(), place.address().toString(), Boolean.toString(setsid.isPresent())));
            ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
            InheritedEnvironment.clean(builder.environment());
            process = builder.start();
            SupervisorHandle supervision = new SupervisorHandle(process, setsid.isPresent(), place);
            Thread thread = new Thread(supervision::serve, "supervisor-" + process.pid());
            thread.setDaemon(true);
            thread.start();
            return supervision;
        } catch (IOException | OutOfMemoryError e) { // an Error of this kind is how Java says that there is no thread
            place.server().close();
            place.delete();
            if (process != null) {
                process.destroyForcibly();
            }
            throw new IOException("no process or thread to be had now: " + e.getMessage(), e);
        }
    }

    private void serve() {
        ServerSocketChannel server = place.server();
        CompletableFuture<Void> unused = process.onExit().thenRun(() -> closeQuietly(server));
        try (server;
                FramedSocket socket = new FramedSocket(server.accept())) {
            server.close();
            place.delete();
            connected.complete(socket);
            for (Frame frame = socket.receive(); frame != null; frame = socket.receive()) {
                handle(frame, socket);
            }
        } catch (IOException gone) {
            connected.completeExceptionally(gone);
            place.delete();
        }
    }

    private static void closeQuietly(ServerSocketChannel server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new IllegalStateException("a socket that waits for nobody cannot be closed", e);
        }
    }

    /**
     * Waits until it can be handed a command.
     *
     * @throws IOException if it has ended instead, or is not ready in time
     */
    void awaitReady(Duration bound) throws IOException, InterruptedException {
        try {
            connected.get(bound.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IOException(
                    "it ended with status " + process.onExit().join().exitValue(), e);
        } catch (TimeoutException e) {
            throw new IOException("it is not ready after " + DurationConverter.show(bound), e);
        }
    }

    private void handle(Frame frame, FramedSocket socket) throws IOException {
        switch (frame.kind()) {
            case ASK -> {
                Permit asked = Permit.askedNow();
                Leadership term = leadership;
                long remaining = term == null ? 0 : term.remaining().toNanos();
                granted = asked.answered(remaining);
                socket.send(new Frame(Kind.ANSWER, remaining));
            }
            case STARTED -> {
                commandStarted = true;
                whenStarted.accept(frame.number());
            }
            case NOT_STARTED ->
                reported = new Ending.Exited(
                        Math.toIntExact(frame.number()), frame.words().get(0));
            case ENDED -> reported = new Ending.Exited(Math.toIntExact(frame.number()), null);
            case STOPPED -> reported = new Ending.Stopped(stopAsked);
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
    Ending run(Leadership term, CommandSpec task, LongConsumer started) {
        whenStarted = started;
        granted = Permit.askedNow().answered(term.remaining().toNanos());
        leadership = term;
        ProcessTree tree = ProcessTree.marked(process.pid(), leadsSession, task.mark());
        Stop stop = new Stop(task.stopTimeout().plus(STOP_MARGIN));
        try {
            connected.get(term.remaining().toNanos(), TimeUnit.NANOSECONDS);
            send(task.toFrame());
        } catch (InterruptedException e) {
            stopAsked = true;
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
                stopAsked = true;
                send(new Frame(term.isValid() ? Kind.STOP : Kind.OVER, 0));
            }
            inTime = term.isValid() && !stop.overdue() && !stoodStill();
        }
        return end(tree, stoodStill() && term.isValid());
    }

    /** A stop that was asked for, and when the supervisor should have seen to it. */
    private static final class Stop {
        private final Duration within;
        private @Nullable Permit permit;

        Stop(Duration within) {
            this.within = within;
        }

        void ask() {
            if (permit == null) {
                permit = Permit.askedNow().answered(within.toNanos());
            }
        }

        boolean overdue() {
            return permit != null && permit.left() <= 0;
        }
    }

    private static long nanosToCheck(Leadership term) {
        return Math.min(term.remaining().toNanos(), MAX_CHECK.toNanos());
    }

    /** A supervisor that did not ask again in time should have killed the command by now. */
    private boolean stoodStill() {
        Permit last = granted;
        return last != null && last.left() <= 0;
    }

    /** Whoever is still there is killed. That the term is not given back before nothing is left is why this may take for ever. */
    private Ending end(ProcessTree tree, boolean failed) {
        boolean killed = process.isAlive();
        do {
            gone(tree);
            process.destroyForcibly();
            process.onExit().join();
        } while (!gone(tree));
        place.delete();
        Ending told = reported;
        if (told != null) {
            return told;
        }
        boolean died = !killed && process.exitValue() != 0;
        return failed || died ? new Ending.SupervisorFailed(commandStarted) : new Ending.Stopped(stopAsked);
    }

    /** Without a file descriptor or a process to be had, nobody can tell: then it is not gone. */
    private static boolean gone(ProcessTree tree) {
        try {
            return tree.kill();
        } catch (UncheckedIOException passing) {
            LockSupport.parkNanos(TRY_AGAIN.toNanos());
            return false;
        }
    }

    private void send(Frame frame) {
        FramedSocket socket = connected.getNow(null);
        try {
            if (socket != null) {
                socket.send(frame);
            }
        } catch (IOException gone) {
            process.destroyForcibly();
        }
    }

    /** For one that was never used. */
    void discard() {
        process.destroyForcibly();
        process.onExit().join();
        place.delete();
    }
}
