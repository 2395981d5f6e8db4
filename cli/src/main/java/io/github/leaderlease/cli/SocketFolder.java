package io.github.leaderlease.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** A socket for one supervisor, in a folder that only this user can enter, and that is gone once both are connected. */
record SocketFolder(Path folder, ServerSocketChannel server) {

    /** A socket's path may have 104 bytes on some systems, 108 on Linux. */
    private static final int LONGEST = 100;

    private static final String REMEDY = "; mount a small tmpfs on /tmp, or let"
            + " LEADER_LEASE_JAVA_OPTS=-Djava.io.tmpdir=DIR name a folder that this user can write to";

    /**
     * Takes the first place that can be written to: a container's file system is often read-only but for {@code /dev/shm}.
     *
     * @throws Failures.Exit if there is none
     */
    static SocketFolder open() {
        return open(Stream.of(
                        System.getProperty("java.io.tmpdir"),
                        System.getenv("TMPDIR"),
                        System.getenv("XDG_RUNTIME_DIR"),
                        "/tmp",
                        "/dev/shm",
                        "/var/tmp")
                .filter(Objects::nonNull)
                .filter(name -> !name.isBlank())
                .distinct()
                .toList());
    }

    static SocketFolder open(List<String> places) {
        List<String> refusals = new ArrayList<>();
        for (String place : places) {
            try {
                Optional<SocketFolder> opened = in(Path.of(place));
                if (opened.isPresent()) {
                    return opened.get();
                }
                refusals.add(place + " (its name is too long for a socket)");
            } catch (IOException | InvalidPathException e) {
                refusals.add(place + " (" + reason(e) + ")");
            }
        }
        throw new Failures.Exit(1, "no folder for a socket of its own: tried " + String.join(", ", refusals) + REMEDY);
    }

    private static Optional<SocketFolder> in(Path place) throws IOException {
        Path folder = Files.createTempDirectory(place, "leader-lease-");
        SocketFolder opened = null;
        try {
            Path address = folder.resolve("s");
            if (address.toString().getBytes(UTF_8).length > LONGEST) {
                return Optional.empty();
            }
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                server.bind(UnixDomainSocketAddress.of(address));
                opened = new SocketFolder(folder, server);
            } finally {
                if (opened == null) {
                    server.close();
                }
            }
            return Optional.of(opened);
        } finally {
            if (opened == null) {
                Files.deleteIfExists(folder);
            }
        }
    }

    /** Such an exception's message is the path, and what is wrong with it stands behind or in its class. */
    private static String reason(Exception e) {
        String message = String.valueOf(e.getMessage());
        return message.contains(": ")
                ? message.substring(message.lastIndexOf(": ") + 2)
                : e.getClass().getSimpleName().replace("Exception", "");
    }

    Path address() {
        return folder.resolve("s");
    }

    /** The socket's names; a connection lives on without them. */
    void delete() {
        address().toFile().delete();
        folder.toFile().delete();
    }
}
