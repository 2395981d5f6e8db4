package io.github.leaderlease.benchmark.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders of servers that have been ended and may still write for a moment. */
public final class Folder {

    private static final int TRIES = 20;

    private Folder() {}

    /** Deletes it with all that is in it. */
    public static void delete(Path folder) throws IOException {
        for (int i = 1; Files.exists(folder); i++) {
            try (Stream<Path> walk = Files.walk(folder)) {
                List<Path> all = walk.sorted(Comparator.reverseOrder()).toList();
                for (Path each : all) {
                    Files.deleteIfExists(each);
                }
            } catch (IOException | UncheckedIOException e) {
                if (i == TRIES) {
                    throw e;
                }
            }
        }
    }
}
