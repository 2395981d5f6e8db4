package io.github.leaderlease.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Sends back what it gets, and remembers it. */
final class EchoServer implements AutoCloseable {
    final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    private final Thread acceptor;

    EchoServer() throws IOException {
        acceptor = daemon(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    String next() throws InterruptedException {
        return received.poll(10, TimeUnit.SECONDS);
    }

    String nextEnd() throws InterruptedException {
        return ends.poll(10, TimeUnit.SECONDS);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                Thread unused = daemon(() -> echo(socket));
            }
        } catch (IOException e) {
            ends.add("closed");
        }
    }

    private void echo(Socket socket) {
        byte[] buffer = new byte[1024];
        try (socket) {
            for (int n = socket.getInputStream().read(buffer);
                    n >= 0;
                    n = socket.getInputStream().read(buffer)) {
                received.add(new String(buffer, 0, n, US_ASCII));
                socket.getOutputStream().write(buffer, 0, n);
            }
            ends.add("end");
        } catch (IOException e) {
            ends.add("reset");
        }
    }

    private static Thread daemon(Runnable body) {
        Thread thread = new Thread(body, "echo");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Until the thread has left accept() the port still listens. */
    @Override
    public void close() throws IOException {
        listener.close();
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
