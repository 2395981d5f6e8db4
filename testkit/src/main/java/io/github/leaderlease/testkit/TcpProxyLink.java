package io.github.leaderlease.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.leaderlease.testkit.TcpProxy.Direction;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** One client connection through a {@link TcpProxy}, with the connection to the server that belongs to it. */
final class TcpProxyLink {
    /** How many bytes of earlier reads a trap can look back on. */
    static final int REMEMBERED = 64;

    private static final int CHUNK = 16 * 1024;

    private final TcpProxy proxy;
    private final Socket client;
    private final Socket server = new Socket();
    private final Set<Direction> dead = Collections.synchronizedSet(EnumSet.noneOf(Direction.class));
    private final Set<Direction> ended = Collections.synchronizedSet(EnumSet.noneOf(Direction.class));
    private Direction latest = Direction.REPLIES;

    TcpProxyLink(TcpProxy proxy, Socket client) {
        this.proxy = proxy;
        this.client = client;
    }

    /** Connects to the server and carries requests until one side ends. */
    void run(String host, int port) {
        try {
            server.connect(new InetSocketAddress(host, port));
            server.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
        } catch (IOException e) {
            reset(); // what a client sees of a server that is not there
            return;
        }
        proxy.daemon("replies", () -> carry(Direction.REPLIES));
        carry(Direction.REQUESTS);
    }

    /** Notes the direction of what was just read; true if the one before was the other. Guarded by the proxy. */
    boolean turnsTo(Direction direction) {
        boolean turn = latest != direction;
        latest = direction;
        return turn;
    }

    /** From now on nothing more is carried in this direction. */
    void lose(Direction direction) {
        dead.add(direction);
    }

    boolean carries(Direction direction) {
        return !dead.contains(direction) && !client.isClosed();
    }

    /** Closes both sides so that they see a reset and not an end of stream. */
    void reset() {
        try {
            client.setSoLinger(true, 0);
            server.setSoLinger(true, 0);
        } catch (IOException e) {
            // The socket is closed already, which is what we want.
            proxy.forget(this);
        }
        close();
    }

    void close() {
        proxy.forget(this);
        try (client;
                server) {
            dead.addAll(EnumSet.allOf(Direction.class));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot close " + client, e);
        }
    }

    private void carry(Direction direction) {
        byte[] buffer = new byte[CHUNK];
        String recent = "";
        try {
            InputStream in = source(direction).getInputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                recent = recent.substring(Math.max(0, recent.length() - REMEMBERED))
                        + new String(buffer, 0, n, ISO_8859_1);
                if (direction == Direction.REQUESTS) {
                    proxy.faults().spring(this, recent);
                }
                if (proxy.faults().admits(this, direction, n) && !pass(direction, buffer, n)) {
                    return;
                }
            }
            passEnd(direction);
        } catch (IOException e) {
            passReset(direction);
        }
    }

    private boolean pass(Direction direction, byte[] buffer, int length) {
        try {
            target(direction).getOutputStream().write(buffer, 0, length);
            return true;
        } catch (IOException e) {
            // The receiver is gone: news that travels the other way, through the faults there.
            passReset(direction == Direction.REQUESTS ? Direction.REPLIES : Direction.REQUESTS);
            return false;
        }
    }

    private void passEnd(Direction direction) throws IOException {
        if (proxy.faults().admits(this, direction, 0)) {
            target(direction).shutdownOutput();
            ended.add(direction);
            if (ended.size() == Direction.values().length) {
                close();
            }
        }
    }

    private void passReset(Direction direction) {
        if (proxy.faults().admits(this, direction, 0)) {
            reset();
        }
    }

    private Socket source(Direction direction) {
        return direction == Direction.REQUESTS ? client : server;
    }

    private Socket target(Direction direction) {
        return direction == Direction.REQUESTS ? server : client;
    }
}
