package io.github.leaderlease.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process between the tool and the command that it runs. It holds the command's right to run against its own clocks:
 * it asks the tool how long that right still lasts and counts from its question, so that neither a late answer nor a
 * pause of the tool makes it longer. Without an answer the command is told to stop shortly before the right ends, and
 * killed when it does. When the tool is gone, it kills at once.
 *
 * <p>Runs on a small JVM with nothing but the JDK and a few classes of this package.
 */
final class Supervisor {

    /** What can happen: a frame of the tool, or one of these. */
    private static final Object TOOL_GONE = new Object();

    private static final Object COMMAND_ENDED = new Object();
    private static final long LOOK_FOR_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long START_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long FOR_EVER = TimeUnit.DAYS.toNanos(365);

    private final FramedSocket tool;
    private final ProcessTree tree;
    private final LinkedBlockingQueue<Object> happened = new LinkedBlockingQueue<>();
    private final CommandSpec task;
    private final CommandStart start;
    private @Nullable Process command;
    private Permit permit = Permit.askedNow();
    private Permit question = permit;
    private boolean asking;
    private boolean commandEnded;
    private boolean stopping;
    private long killAt;

    private Supervisor(FramedSocket tool, CommandSpec task, boolean leadsSession) {
        this.tool = tool;
        this.task = task;
        this.start = new CommandStart(task);
        this.tree = ProcessTree.marked(ProcessHandle.current().pid(), leadsSession, task.mark());
    }

    /**
     * Supervises one command and ends.
     *
     * @param args where the tool listens, and whether this process leads a session
     */
    public static void main(String[] args) {
        System.setErr(
                new PrintStream(OutputStream.nullOutputStream())); // nobody may read it: a write could wait for ever
        Thread main = Thread.currentThread();
        int status = 1;
        // a command may signal its whole group, an operator the whole service: the supervisor goes last
        Runtime.getRuntime().addShutdownHook(new Thread(() -> awaitQuietly(main)));
        try (FramedSocket tool = new FramedSocket(SocketChannel.open(UnixDomainSocketAddress.of(args[0])))) {
            Frame first = tool.receive();
            if (first != null && first.kind() == Frame.Kind.RUN) {
                new Supervisor(tool, CommandSpec.of(first), Boolean.parseBoolean(args[1])).superviseToTheEnd();
            }
            status = 0;
        } catch (IOException toolGone) {
            // then there is nothing to supervise, and nobody to tell
        } finally {
            Runtime.getRuntime().halt(status);
        }
    }

    private static void awaitQuietly(Thread main) {
        try {
            main.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whatever ends the supervision, nothing of the command is left. */
    private void superviseToTheEnd() throws IOException {
        try {
            supervise();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the supervisor", e);
        } finally {
            tree.kill();
        }
    }

    /** Returns when the command has ended with all that it left behind, or has to be killed. */
    private void supervise() throws IOException, InterruptedException {
        daemon("frames", this::receive);
        ask();
        while (true) {
            Object next = happened.poll(nanosToNext(), TimeUnit.NANOSECONDS);
            if (next == TOOL_GONE || (next instanceof Frame frame && !obeyed(frame))) {
                return;
            }
            if (next == COMMAND_ENDED) {
                commandEnded();
            }
            if (!inTime() || (commandEnded && tree.members().isEmpty())) {
                return;
            }
        }
    }

    private void receive() {
        try {
            for (Frame frame = tool.receive(); frame != null; frame = tool.receive()) {
                happened.add(frame);
            }
        } finally {
            happened.add(TOOL_GONE);
        }
    }

    /** False if the command must not run any longer. */
    private boolean obeyed(Frame frame) throws IOException {
        switch (frame.kind()) {
            case ANSWER -> {
                asking = false;
                permit = question.answered(frame.number());
                return permit.left() > 0 && (command != null || started(start.attempt()));
            }
            case STOP -> {
                stop();
                return command != null;
            }
            default -> {
                return false;
            }
        }
    }

    /** False if it is given up. */
    private boolean started(CommandStart.Result result) throws IOException {
        if (result instanceof CommandStart.Result.Started started) {
            command = started.process();
            tool.send(new Frame(Frame.Kind.STARTED, started.process().pid()));
            CompletableFuture<Void> unused = started.process().onExit().thenRun(() -> happened.add(COMMAND_ENDED));
            return true;
        }
        if (result instanceof CommandStart.Result.Refused refused) {
            tool.send(new Frame(Frame.Kind.NOT_STARTED, refused.status(), List.of(refused.reason())));
            return false;
        }
        return true; // asking anew is what leads to the next attempt
    }

    private void commandEnded() throws IOException {
        commandEnded = true;
        int status = command == null ? 0 : command.exitValue();
        tool.send(new Frame(stopping ? Frame.Kind.STOPPED : Frame.Kind.ENDED, status));
        if (!tree.members().isEmpty()) {
            stop();
        }
    }

    /** False if the time of the command is over; else sees to what is due. */
    private boolean inTime() throws IOException {
        long now = System.nanoTime();
        if (command == null) {
            if (!asking && now - question.nanosAtQuestion() >= START_AGAIN_NANOS) {
                ask();
            }
            return true;
        }
        long left = permit.left();
        if (left <= 0 || (stopping && now - killAt >= 0)) {
            return false;
        }
        if (left <= task.grace().toNanos()) {
            stop();
        }
        if (!asking && now - question.nanosAtQuestion() >= task.askEvery().toNanos()) {
            ask();
        }
        return true;
    }

    private void ask() throws IOException {
        asking = true;
        question = Permit.askedNow();
        tool.send(new Frame(Frame.Kind.ASK, 0));
    }

    private void stop() {
        if (!stopping) {
            stopping = true;
            killAt = System.nanoTime() + task.stopTimeout().toNanos();
            tree.terminate();
        }
    }

    private long nanosToNext() {
        long now = System.nanoTime();
        if (command == null) {
            return asking ? FOR_EVER : Math.max(0, question.nanosAtQuestion() + START_AGAIN_NANOS - now);
        }
        long next = permit.left() - (stopping ? 0 : task.grace().toNanos());
        if (!asking) {
            next = Math.min(next, question.nanosAtQuestion() + task.askEvery().toNanos() - now);
        }
        if (stopping) {
            next = Math.min(next, killAt - now);
        }
        return Math.max(0, commandEnded ? Math.min(next, LOOK_FOR_REST_NANOS) : next);
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
