package io.github.leaderlease.testdatabases;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The folders that this module writes to. */
final class Folders {
    private Folders() {}

    /**
     * Where tests are run, their servers keep their files in memory, if there is plenty: what they do most is create and drop
     * tables, and each of these waits for the disk. What is measured is measured on the disk.
     */
    private static final boolean IN_MEMORY = Boolean.getBoolean("leaderlease.servers.in-memory");

    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long PLENTY = 8L << 30;

    /** A new folder for the files of one server. */
    static Path newServerFolder(String name) {
        String prefix = "leader-lease-" + name + "-";
        try {
            return IN_MEMORY && isPlenty()
                    ? Files.createTempDirectory(MEMORY, prefix)
                    : Files.createTempDirectory(prefix);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a folder for " + name, e);
        }
    }

    private static boolean isPlenty() throws IOException {
        return Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() >= PLENTY;
    }

    /** Deletes a folder with all that is in it, although a dying process may be writing to it for a moment longer. */
    static void delete(Path folder) {
        await().ignoreException(UncheckedIOException.class)
                .pollDelay(Duration.ZERO)
                .until(() -> deleteOnce(folder));
    }

    private static boolean deleteOnce(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + folder, e);
        }
    }

    /** The folder at the root of the build in which every database leaves its record. */
    static Path records() {
        return root().resolve("target").resolve("databases");
    }

    /** The module whose tests run in this JVM, as its path from the root of the build. */
    static String module() {
        Path here = Path.of("").toAbsolutePath();
        return here.startsWith(root()) ? root().relativize(here).toString() : here.toString();
    }

    private static Path root() {
        return Optional.ofNullable(System.getProperty("leaderlease.root"))
                .map(Path::of)
                .orElseGet(Folders::nearestRoot)
                .toAbsolutePath()
                .normalize();
    }

    private static Path nearestRoot() {
        Path here = Path.of("").toAbsolutePath();
        for (Path folder = here; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve(".mvn"))) {
                return folder;
            }
        }
        throw new IllegalStateException(
                "No folder above " + here + " holds .mvn; set the system property leaderlease.root");
    }
}
