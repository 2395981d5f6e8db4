package io.github.leaderlease.testdatabases;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;

/** Some servers refuse to run as root; where the tests do, they run as the user {@code nobody}. */
final class Unprivileged {
    private static final String NOBODY = "nobody";

    private Unprivileged() {}

    /** The command as somebody may run it who is not root. */
    static List<String> command(String... command) {
        List<String> words = new ArrayList<>();
        if (root()) {
            words.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--clear-groups", "--"));
        }
        words.addAll(List.of(command));
        return words;
    }

    /** Lets such a server use these files. */
    static void give(Path... files) throws IOException {
        if (root()) {
            UserPrincipal nobody =
                    FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(NOBODY);
            for (Path file : files) {
                Files.setOwner(file, nobody);
            }
        }
    }

    private static boolean root() {
        return System.getProperty("user.name").equals("root");
    }
}
