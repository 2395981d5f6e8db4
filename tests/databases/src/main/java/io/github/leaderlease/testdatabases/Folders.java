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

    /** A new folder for the files of one server. */
    static Path newServerFolder(String name) {
        try {
            return Files.createTempDirectory("leader-lease-" + name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a folder for " + name, e);
        }
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

    /** The folder at the root of the build in which every leg leaves its record. */
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
