package io.github.leaderlease.testkit;

import static io.github.leaderlease.testkit.TcpProxy.Direction.REPLIES;
import static io.github.leaderlease.testkit.TcpProxy.Direction.REQUESTS;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TcpProxyTest {
    private static final int QUIET_MILLIS = 100;

    private EchoServer server;
    private TcpProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = new EchoServer();
        proxy = TcpProxy.to("127.0.0.1", server.port());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void forwardsAndCounts() throws IOException {
        try (Client client = new Client()) {
            assertThat(client.echo("hello")).isEqualTo("hello");
            assertThat(client.echo("again")).isEqualTo("again");
            assertThat(proxy.connections()).isEqualTo(1);
            assertThat(proxy.openConnections()).isEqualTo(1);
            assertThat(proxy.roundTrips()).isEqualTo(2);
            assertThat(proxy.bytes(REQUESTS)).isEqualTo(10);
            assertThat(proxy.bytes(REPLIES)).isEqualTo(10);
        }
    }

    @Test
    void passesTheEndOfAStreamOn() throws Exception {
        try (Client client = new Client()) {
            client.echo("a");
            client.endOfRequests();
            assertThat(server.nextEnd()).isEqualTo("end");
            assertThat(client.read(1)).isEmpty();
        }
    }

    @Test
    void delaysEachDirection() throws IOException {
        try (Client client = new Client()) {
            client.echo("warm");
            proxy.delay(Duration.ofMillis(60));
            long start = System.nanoTime();
            assertThat(client.echo("slow")).isEqualTo("slow");
            assertThat(System.nanoTime() - start)
                    .isGreaterThanOrEqualTo(Duration.ofMillis(120).toNanos());
        }
    }

    @Test
    void releasesHeldBytesInOrder() throws Exception {
        try (Client client = new Client()) {
            proxy.hold(REQUESTS);
            client.write("one ");
            client.write("two");
            client.expectSilence();
            assertThat(server.received).isEmpty();
            proxy.forward();
            assertThat(client.read(7)).isEqualTo("one two");
        }
    }

    @Test
    void holdsRepliesOfRequestsThatArrived() throws Exception {
        try (Client client = new Client()) {
            proxy.hold(REPLIES);
            client.write("x");
            assertThat(server.next()).isEqualTo("x");
            client.expectSilence();
            proxy.forward();
            assertThat(client.read(1)).isEqualTo("x");
        }
    }

    @Test
    void aConnectionThatLostBytesStaysDead() throws Exception {
        try (Client dead = new Client()) {
            dead.echo("a");
            server.next();
            proxy.blackHole();
            dead.write("lost");
            assertThat(proxy.awaitBytes(REQUESTS, 5, Duration.ofSeconds(10))).isTrue();
            proxy.forward();
            dead.write("later");
            try (Client alive = new Client()) {
                assertThat(alive.echo("b")).isEqualTo("b");
            }
            dead.expectSilence();
            assertThat(server.next()).isEqualTo("b");
            assertThat(server.received).isEmpty();
        }
    }

    @Test
    void anIdleConnectionOutlivesABlackHole() throws IOException {
        try (Client client = new Client()) {
            client.echo("a");
            proxy.blackHole();
            proxy.forward();
            assertThat(client.echo("b")).isEqualTo("b");
        }
    }

    @Test
    void aBlackHoleLosesTheEndOfAStreamToo() throws Exception {
        Client client = new Client();
        client.echo("a");
        proxy.blackHole();
        client.close();
        assertThat(server.ends.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS)).isNull();
        proxy.cut();
        assertThat(server.nextEnd()).isEqualTo("reset");
    }

    @Test
    void swallowsRepliesOfRequestsThatArrived() throws Exception {
        try (Client client = new Client()) {
            proxy.swallowReplies();
            client.write("x");
            assertThat(server.next()).isEqualTo("x");
            client.expectSilence();
        }
    }

    @Test
    void swallowsTheReplyToOneMessageOnly() throws Exception {
        try (Client client = new Client();
                Client other = new Client()) {
            CompletableFuture<Void> sprung = proxy.swallowRepliesAfter("COMMIT");
            assertThat(client.echo("insert")).isEqualTo("insert");
            assertThat(sprung).isNotDone();
            client.write("\u0001commit\u0000");
            sprung.get(10, TimeUnit.SECONDS);
            assertThat(server.next()).isEqualTo("insert");
            assertThat(server.next()).isEqualTo("\u0001commit\u0000");
            client.expectSilence();
            assertThat(other.echo("commit")).isEqualTo("commit");
        }
    }

    @Test
    void findsAMessageThatSpansTwoReads() throws Exception {
        try (Client client = new Client()) {
            CompletableFuture<Void> sprung = proxy.swallowRepliesAfter("COMMIT");
            assertThat(client.echo("COM")).isEqualTo("COM");
            client.write("MIT");
            sprung.get(10, TimeUnit.SECONDS);
            client.expectSilence();
        }
    }

    @Test
    void cutResetsBothSidesAndNewConnectionsWork() throws Exception {
        try (Client client = new Client()) {
            client.echo("a");
            proxy.cut();
            assertThatThrownBy(() -> client.read(1)).isInstanceOf(SocketException.class);
            assertThat(server.nextEnd()).isEqualTo("reset");
            assertThat(proxy.openConnections()).isZero();
        }
        try (Client client = new Client()) {
            assertThat(client.echo("b")).isEqualTo("b");
        }
    }

    @Test
    void cutReachesAConnectionThatIsHeld() throws IOException {
        try (Client client = new Client()) {
            client.echo("a");
            proxy.hold();
            client.write("b");
            proxy.cut();
            assertThatThrownBy(() -> client.read(1)).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void refusesNewConnectionsAndKeepsOpenOnes() throws IOException {
        try (Client open = new Client()) {
            open.echo("a");
            proxy.refuse();
            try (Client refused = new Client()) {
                assertThatThrownBy(() -> refused.echo("x")).isInstanceOf(SocketException.class);
            }
            assertThat(open.echo("b")).isEqualTo("b");
            proxy.forward();
            try (Client accepted = new Client()) {
                assertThat(accepted.echo("c")).isEqualTo("c");
            }
        }
    }

    @Test
    void aServerThatIsNotThereResetsTheClient() throws IOException {
        server.close();
        try (Socket keeper = new Socket()) {
            keeper.setReuseAddress(true);
            keeper.bind(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), server.port())); // or others may listen there
            try (Client client = new Client()) {
                assertThatThrownBy(() -> client.echo("x")).isInstanceOf(SocketException.class);
            }
        }
    }

    @Test
    void closeEndsConnectionsAndListening() throws IOException {
        try (Client client = new Client()) {
            client.echo("a");
            proxy.close();
            assertThat(client.read(1)).isEmpty();
        }
        assertThatThrownBy(Client::new).isInstanceOf(IOException.class);
    }

    @Test
    void refusesBadArguments() {
        assertThatThrownBy(() -> TcpProxy.to("127.0.0.1", 0)).hasMessageContaining("not 0");
        assertThatThrownBy(() -> proxy.delay(Duration.ofMillis(-1))).hasMessageContaining("PT-0.001S");
        assertThatThrownBy(() -> proxy.swallowRepliesAfter("")).hasMessageContaining("''");
    }

    @Test
    void awaitsBytesWithinABound() throws InterruptedException {
        assertThat(proxy.awaitBytes(REQUESTS, 1, Duration.ofMillis(1))).isFalse();
        assertThat(proxy.awaitBytes(REQUESTS, 0, Duration.ZERO)).isTrue();
    }

    private final class Client implements AutoCloseable {
        private final Socket socket;

        Client() throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        }

        void write(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(US_ASCII));
        }

        String read(int length) throws IOException {
            return new String(socket.getInputStream().readNBytes(length), US_ASCII);
        }

        String echo(String text) throws IOException {
            write(text);
            return read(text.length());
        }

        void endOfRequests() throws IOException {
            socket.shutdownOutput();
        }

        void expectSilence() throws IOException {
            socket.setSoTimeout(QUIET_MILLIS);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            socket.setSoTimeout(0);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
