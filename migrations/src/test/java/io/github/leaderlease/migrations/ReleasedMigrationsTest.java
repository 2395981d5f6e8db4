package io.github.leaderlease.migrations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A migration that was released is never edited again: people's histories hold its checksum, and their tables its result.
 * What was released is pinned in released-migrations.txt. Nothing was released yet, so the list is empty and V1 may change.
 */
final class ReleasedMigrationsTest {

    private static final Path ROOT = Path.of(System.getProperty("leaderlease.root"));

    @Test
    void areNeverEdited() throws Exception {
        assertThat(present()).as("released migrations, as they were released").containsAll(pinned());
    }

    @Test
    void areAllPinnedWhenTheBuildIsARelease() throws Exception {
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        String version =
                pom.replaceFirst("(?s).*?<artifactId>leader-lease-parent</artifactId>\\s*<version>(.*?)<.*", "$1");
        assertThat(version).matches("[0-9]+\\.[0-9]+\\.[0-9]+(-.+)?");
        if (!version.endsWith("-SNAPSHOT")) {
            assertThat(pinned())
                    .as("version %s is a release: add these lines to released-migrations.txt", version)
                    .containsAll(present());
        }
    }

    @Test
    void aPinNoticesEveryEdit() throws Exception {
        String pin = pin("postgresql/V1__leader_lease.sql", "create table x (id int);\n");
        assertThat(pin).matches("postgresql/V1__leader_lease.sql [0-9a-f]{64}");
        assertThat(pin("postgresql/V1__leader_lease.sql", "create table x (id  int);\n"))
                .isNotEqualTo(pin);
    }

    private static List<String> pinned() throws IOException {
        return Files.readAllLines(ROOT.resolve("migrations/src/test/resources/released-migrations.txt")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    private static List<String> present() throws IOException, NoSuchAlgorithmException {
        Path folder = ROOT.resolve("migrations/src/main/resources/leader-lease/migration");
        List<String> pins = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path script : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = folder.relativize(script).toString().replace('\\', '/');
                pins.add(pin(name, Files.readString(script)));
            }
        }
        assertThat(pins).isNotEmpty();
        return pins;
    }

    private static String pin(String script, String text) throws NoSuchAlgorithmException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        return script + " " + HexFormat.of().formatHex(digest);
    }
}
