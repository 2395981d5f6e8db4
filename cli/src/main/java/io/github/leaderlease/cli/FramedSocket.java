package io.github.leaderlease.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Frames on a socket: length, number, and the words, kind first, separated by NUL, which no argument of a command can
 * hold. One thread may receive while others send. The kernel closes a socket with its process, however that ends: that is the signal.
 */
final class FramedSocket implements AutoCloseable {

    private static final int HEADER = Integer.BYTES + Long.BYTES;

    private final SocketChannel channel;

    FramedSocket(SocketChannel channel) {
        this.channel = channel;
    }

    synchronized void send(Frame frame) throws IOException {
        String text = Stream.concat(Stream.of(frame.kind().name()), frame.words().stream())
                .collect(Collectors.joining("\0"));
        byte[] words = text.getBytes(UTF_8);
        ByteBuffer buffer = ByteBuffer.allocate(HEADER + words.length);
        buffer.putInt(words.length).putLong(frame.number()).put(words).flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** The next frame; null once the other side is gone. */
    @Nullable
    Frame receive() {
        try {
            ByteBuffer header = read(HEADER);
            ByteBuffer text = header == null ? null : read(header.getInt());
            if (header == null || text == null) {
                return null;
            }
            List<String> words = List.of(UTF_8.decode(text).toString().split("\0", -1));
            return new Frame(Frame.Kind.valueOf(words.get(0)), header.getLong(), words.subList(1, words.size()));
        } catch (IOException gone) {
            return null;
        }
    }

    private @Nullable ByteBuffer read(int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                return null;
            }
        }
        return buffer.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
