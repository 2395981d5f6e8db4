package io.github.leaderlease.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Sees the commands of all nodes live and die, on one clock: each command opens a connection that all its children
 * inherit, and the kernel closes it when the last of them is gone. Ends that happened before a start are handled before
 * it, since one thread looks at everything and takes the ends first.
 */
final class CommandWatch implements AutoCloseable {

    /** Keeps the connection open in a child, one with a session of its own, one that has lost its parent, and the shell. */
    private static final String WHOLE_TREE = """
            exec 3<>/dev/tcp/127.0.0.1/%d
            %s
            sleep 1000 &
            setsid sleep 1000 &
            (setsid sleep 1000 &)
            echo "$LEADER_LEASE_NODE $LEADER_LEASE_TOKEN $$" >&3
            while :; do sleep 1000 & wait $!; done
            """;

    private final Selector selector;
    private final ServerSocketChannel server;
    private final BlockingQueue<CommandLife> started = new LinkedBlockingQueue<>();
    private final Set<CommandLife> alive = new HashSet<>();
    private final List<String> overlaps = new CopyOnWriteArrayList<>();
    private final Thread thread;

    CommandWatch() throws IOException {
        selector = Selector.open();
        server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        thread = new Thread(this::watch, "command-watch");
        thread.start();
    }

    /** A command that ends when it is asked to. */
    List<String> command() {
        return shell("");
    }

    /** A command that writes to its standard output without end. */
    List<String> loudCommand() {
        return shell("yes &");
    }

    /** A command that tells that it was asked to end, and goes on. */
    List<String> stubbornCommand() {
        return shell("trap 'echo asked >&3' TERM");
    }

    private List<String> shell(String setting) {
        return List.of("bash", "-c", WHOLE_TREE.formatted(server.socket().getLocalPort(), setting));
    }

    /** The next command that starts. */
    CommandLife next(Duration bound) throws InterruptedException {
        CommandLife life = started.poll(bound.toNanos(), TimeUnit.NANOSECONDS);
        if (life == null) {
            throw new AssertionError("no command started within " + bound);
        }
        return life;
    }

    /** Pairs of commands that lived at the same time. */
    List<String> overlaps() {
        return List.copyOf(overlaps);
    }

    private void watch() {
        try {
            while (selector.isOpen()) {
                selector.select();
                List<Runnable> starts = new ArrayList<>();
                for (SelectionKey key : selector.isOpen() ? selector.selectedKeys() : Set.<SelectionKey>of()) {
                    if (key.isAcceptable()) {
                        accept();
                    } else {
                        read(key, starts);
                    }
                }
                starts.forEach(Runnable::run);
                if (selector.isOpen()) {
                    selector.selectedKeys().clear();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClosedSelectorException closed) {
            alive.clear();
        }
    }

    private void accept() throws IOException {
        SocketChannel connection = server.accept();
        if (connection != null) {
            connection.configureBlocking(false);
            connection.register(selector, SelectionKey.OP_READ, "");
        }
    }

    private void read(SelectionKey key, List<Runnable> starts) {
        ByteBuffer buffer = ByteBuffer.allocate(1000);
        int length;
        try {
            length = ((SocketChannel) key.channel()).read(buffer);
        } catch (IOException reset) {
            length = -1;
        }
        long now = System.nanoTime();
        if (length < 0) {
            key.cancel();
            if (key.attachment() instanceof CommandLife life) {
                alive.remove(life);
                life.ended().complete(now);
            }
            return;
        }
        String text = UTF_8.decode(buffer.flip()).toString();
        if (key.attachment() instanceof CommandLife life) {
            life.words().add(text);
        } else if (key.attachment() instanceof String beginning) {
            hello(key, beginning + text, now, starts);
        }
    }

    private void hello(SelectionKey key, String text, long now, List<Runnable> starts) {
        if (!text.endsWith("\n")) {
            key.attach(text);
            return;
        }
        CommandLife life = CommandLife.parse(text.strip(), now);
        key.attach(life);
        starts.add(() -> start(life));
    }

    private void start(CommandLife life) {
        for (CommandLife other : alive) {
            overlaps.add(life + " started while " + other + " was alive");
        }
        alive.add(life);
        started.add(life);
    }

    @Override
    public void close() throws IOException {
        server.close();
        selector.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
