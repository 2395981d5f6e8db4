package io.github.leaderlease.testdatabases;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;

/**
 * What became of a leg in one module: a small file that outlives the JVM, for {@link DatabaseReport}.
 *
 * @param leg the name of a {@link Leg}, or {@link PgBouncer#NAME}
 */
record LegRecord(String leg, Outcome outcome, String module, String detail, String version) {
    enum Outcome {
        RAN,
        ABSENT,
        FAILED
    }

    static LegRecord ran(TestServer server) {
        return new LegRecord(server.leg().name(), Outcome.RAN, Folders.module(), server.origin(), server.version());
    }

    static LegRecord ran(String leg, String origin, String version) {
        return new LegRecord(leg, Outcome.RAN, Folders.module(), origin, version);
    }

    static LegRecord absent(String leg, String reason) {
        return new LegRecord(leg, Outcome.ABSENT, Folders.module(), reason, "");
    }

    static LegRecord failed(String leg, String reason) {
        return new LegRecord(
                leg,
                Outcome.FAILED,
                Folders.module(),
                reason.lines().findFirst().orElse(""),
                "");
    }

    /** Prints it and writes its file. */
    void announce() {
        System.out.println("[databases] " + leg + " " + version + " " + outcome + ": " + detail);
        write(Folders.records());
    }

    void write(Path folder) {
        Properties properties = new Properties();
        properties.setProperty("leg", leg);
        properties.setProperty("outcome", outcome.name());
        properties.setProperty("module", module);
        properties.setProperty("detail", detail);
        properties.setProperty("version", version);
        try {
            Files.createDirectories(folder);
            Path aside = Files.createTempFile(folder, "record", ".writing");
            try (var out = Files.newBufferedWriter(aside, UTF_8)) {
                properties.store(out, null);
            }
            // Two JVMs of a module may write the same record; a reader must see a whole one.
            String name = module.replace('/', '-') + "." + leg + "." + outcome + ".properties";
            Files.move(aside, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the record of " + leg + " to " + folder, e);
        }
    }

    static LegRecord read(Path file) {
        try (Reader text = new StringReader(Files.readString(file, UTF_8))) {
            Properties properties = new Properties();
            properties.load(text);
            return new LegRecord(
                    properties.getProperty("leg"),
                    Outcome.valueOf(properties.getProperty("outcome")),
                    properties.getProperty("module"),
                    properties.getProperty("detail"),
                    properties.getProperty("version"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }
}
