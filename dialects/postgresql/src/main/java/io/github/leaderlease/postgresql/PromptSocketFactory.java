package io.github.leaderlease.postgresql;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import javax.net.SocketFactory;

/**
 * Sockets on which a read with a time limit of one millisecond does not wait. After each message of the server pgjdbc reads
 * in that way to learn whether there is more, so each notification would be a millisecond late; with these sockets it is
 * told at once. If a later driver reads in another way, that millisecond returns and nothing else changes.
 *
 * <p>For the driver's property {@code socketFactory}; it creates the factory by its name and connects the sockets itself. Under TLS these sockets carry the
 * encrypted stream.
 */
public final class PromptSocketFactory extends SocketFactory {

    /** For the driver. */
    public PromptSocketFactory() {}

    @Override
    public Socket createSocket() {
        return new PromptSocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return new Socket(host, port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return new Socket(host, port, localHost, localPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return new Socket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return new Socket(address, port, localAddress, localPort);
    }

    private static final class PromptSocket extends Socket {

        @Override
        public InputStream getInputStream() throws IOException {
            return new PromptStream(super.getInputStream());
        }

        private final class PromptStream extends FilterInputStream {

            PromptStream(InputStream in) {
                super(in);
            }

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                if (getSoTimeout() == 1 && in.available() == 0) {
                    throw new SocketTimeoutException("nothing to read yet");
                }
                return in.read(into, offset, length);
            }
        }
    }
}
