package io.github.leaderlease.testkit;

import io.github.leaderlease.testkit.TcpProxyFaults.Fault;
import io.github.leaderlease.testkit.TcpProxyFaults.Mode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A TCP proxy on this machine that injects network faults between a client, such as a JDBC driver, and its server.
 *
 * <p>It starts in {@link #forward() forwarding}. Faults are switched at run time, for connections that are open and for
 * new ones, by any thread; each switch is in force for every byte that the proxy reads after the call has returned. A
 * partition that heals within TCP's patience is {@link #hold()} followed by {@link #forward()}: TCP sends again what was
 * not acknowledged, so that everything arrives late and in order. A partition that lasts longer, or a firewall that forgot
 * the connection, is {@link #blackHole()}: a connection that lost bytes never carries another byte in that direction,
 * also after {@code forward()}, because no real connection goes on with a gap; new connections work.
 *
 * <p>What it does not do: it knows nothing of packets, and it cannot refuse a connection at the TCP level, see
 * {@link #refuse()}. Its threads are daemons; {@link #close()} ends them and all connections.
 */
public final class TcpProxy implements AutoCloseable {
    /** Which way bytes flow. */
    public enum Direction {
        /** From the client to the server. */
        REQUESTS,
        /** From the server to the client. */
        REPLIES
    }

    private final String host;
    private final int serverPort;
    private final ServerSocket listener;
    private final Set<TcpProxyLink> links = ConcurrentHashMap.newKeySet();
    private final TcpProxyFaults faults = new TcpProxyFaults();
    private final AtomicLong connections = new AtomicLong();
    private final CompletableFuture<Void> listeningEnded = new CompletableFuture<>();
    private volatile boolean refusing;
    private volatile boolean closed;

    private TcpProxy(String host, int serverPort) throws IOException {
        this.host = host;
        this.serverPort = serverPort;
        this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    }

    /**
     * Starts a proxy that forwards to a server. The server is connected to when a client connects,
     * whatever fault is in force then.
     *
     * @param host the server's host
     * @param port the server's port, 1 to 65535
     * @return the proxy, listening on the loopback address
     * @throws UncheckedIOException if no port of this machine can be listened on
     */
    public static TcpProxy to(String host, int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("The port of a server is 1 to 65535 and not " + port);
        }
        try {
            TcpProxy proxy = new TcpProxy(host, port);
            proxy.daemon("accept", proxy::listen);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot listen for connections to " + host + ":" + port, e);
        }
    }

    /**
     * The port on the loopback address that clients connect to.
     *
     * @return chosen when the proxy was made
     */
    public int port() {
        return listener.getLocalPort();
    }

    /**
     * Heals: no fault in either direction, no delay, new connections are accepted, and no trap is armed. Held bytes are
     * released in order. Connections that lost bytes stay dead in that direction.
     */
    public void forward() {
        refusing = false;
        faults.heal();
    }

    /**
     * Forwards in both directions, each chunk of bytes later by this much.
     *
     * @param delay zero or more
     */
    public void delay(Duration delay) {
        delay(Direction.REQUESTS, delay);
        delay(Direction.REPLIES, delay);
    }

    /**
     * Forwards in one direction, each chunk of bytes later by this much. A chunk is what one read from the socket
     * returned; the next one is read when it has been passed on, so that this bounds the throughput too.
     *
     * @param direction requests or replies
     * @param delay zero or more
     * @throws IllegalArgumentException if the delay is negative
     */
    public void delay(Direction direction, Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("A delay is not negative: " + delay);
        }
        faults.set(direction, new Fault(Mode.FORWARD, delay));
    }

    /** Holds all bytes and ends of stream back, in both directions, until {@link #forward()}. Sockets stay open. */
    public void hold() {
        hold(Direction.REQUESTS);
        hold(Direction.REPLIES);
    }

    /**
     * Holds all bytes and ends of stream back in one direction until {@link #forward()}. Sockets stay open.
     *
     * @param direction requests or replies
     */
    public void hold(Direction direction) {
        faults.set(direction, new Fault(Mode.HOLD, Duration.ZERO));
    }

    /** Loses all bytes and ends of stream in both directions. Sockets stay open: neither side is told anything. */
    public void blackHole() {
        blackHole(Direction.REQUESTS);
        blackHole(Direction.REPLIES);
    }

    /**
     * Loses all bytes and ends of stream in one direction. Sockets stay open.
     *
     * @param direction requests or replies
     */
    public void blackHole(Direction direction) {
        faults.set(direction, new Fault(Mode.BLACK_HOLE, Duration.ZERO));
    }

    /** Lets requests through to the server, which acts on them, and loses its replies. */
    public void swallowReplies() {
        blackHole(Direction.REPLIES);
    }

    /**
     * Arms a trap: the next client message that contains this text is still sent to the server, and from then on the
     * replies of that one connection are lost. This makes the outcome of a {@code COMMIT} unknown. Arming again replaces
     * a trap that has not sprung. H2's protocol does not send SQL as ASCII, so that the trap never springs there.
     *
     * @param text ASCII, compared without regard to case; it is found also where it spans two reads
     * @return completes when the message was seen, before it is sent to the server
     */
    public CompletableFuture<Void> swallowRepliesAfter(String text) {
        if (text.isEmpty()
                || text.length() > TcpProxyLink.REMEMBERED
                || !text.chars().allMatch(c -> c < 128)) {
            throw new IllegalArgumentException(
                    "A trap waits for 1 to " + TcpProxyLink.REMEMBERED + " ASCII characters, not for '" + text + "'");
        }
        return faults.arm(text);
    }

    /** Resets every open connection, on both sides. New ones are treated as before. */
    public void cut() {
        links.forEach(TcpProxyLink::reset);
        faults.wake();
    }

    /**
     * Resets every new connection as soon as it was made, until {@link #forward()}; open ones are left alone. A client
     * sees its connect succeed and its first read fail, where a closed port would already fail the connect.
     */
    public void refuse() {
        refusing = true;
    }

    /**
     * How many connections clients have made so far, refused ones included.
     *
     * @return a count that only grows
     */
    public long connections() {
        return connections.get();
    }

    /**
     * How many connections are open now.
     *
     * @return zero or more
     */
    public int openConnections() {
        return links.size();
    }

    /**
     * How many bytes have been read so far in this direction, whether or not they were passed on.
     *
     * @param direction requests or replies
     * @return a count that only grows
     */
    public long bytes(Direction direction) {
        return faults.bytes(direction);
    }

    /**
     * Waits until this many bytes have been read in this direction since the proxy was made. The fault that was in force
     * when they were read has been applied to them by then.
     *
     * @param direction requests or replies
     * @param count how many bytes to wait for
     * @param bound how long to wait at most
     * @return false if the bound was over first
     * @throws InterruptedException if interrupted while waiting
     */
    public boolean awaitBytes(Direction direction, long count, Duration bound) throws InterruptedException {
        return faults.awaitBytes(direction, count, bound);
    }

    /**
     * How often a server's reply followed a client's request, over all connections: pipelined requests count once.
     *
     * @return a count that only grows
     */
    public long roundTrips() {
        return faults.roundTrips();
    }

    /** Stops listening and closes every connection. */
    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
            // until the thread has left accept(), the system still lets clients connect
            listeningEnded.join();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot stop listening on port " + port(), e);
        } finally {
            links.forEach(TcpProxyLink::close);
            faults.wake();
        }
    }

    TcpProxyFaults faults() {
        return faults;
    }

    void forget(TcpProxyLink link) {
        links.remove(link);
    }

    void daemon(String task, Runnable body) {
        Thread thread = new Thread(body, "tcp-proxy-" + port() + "-" + task);
        thread.setDaemon(true);
        thread.start();
    }

    private void listen() {
        try {
            accept();
        } finally {
            listeningEnded.complete(null);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                TcpProxyLink link = new TcpProxyLink(this, listener.accept());
                links.add(link);
                connections.incrementAndGet();
                if (refusing || closed) {
                    link.reset();
                } else {
                    daemon("requests", () -> link.run(host, serverPort));
                }
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException("The proxy on port " + port() + " cannot accept", e);
                }
            }
        }
    }
}
