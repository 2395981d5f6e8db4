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
 * What became of a database in one module: a small file that outlives the JVM, for {@link DatabaseReport}.
 *
 * @param tested the name of a {@link DatabaseUnderTest}, or {@link PgBouncer#NAME}
 */
record DatabaseRecord(String tested, Outcome outcome, String module, String detail, String version) {
    enum Outcome {
        RAN,
        ABSENT,
        FAILED
    }

    static DatabaseRecord ran(TestServer server) {
        return new DatabaseRecord(
                server.tested().name(), Outcome.RAN, Folders.module(), server.origin(), server.version());
    }

    static DatabaseRecord ran(String tested, String origin, String version) {
        return new DatabaseRecord(tested, Outcome.RAN, Folders.module(), origin, version);
    }

    static DatabaseRecord absent(String tested, String reason) {
        return new DatabaseRecord(tested, Outcome.ABSENT, Folders.module(), reason, "");
    }

    static DatabaseRecord failed(String tested, String reason) {
        return new DatabaseRecord(
                tested,
                Outcome.FAILED,
                Folders.module(),
                reason.lines().findFirst().orElse(""),
                "");
    }

    /** Prints it and writes its file. */
    void announce() {
        System.out.println("[databases] " + tested + " " + version + " " + outcome + ": " + detail);
        write(Folders.records());
    }

    void write(Path folder) {
        Properties properties = new Properties();
        properties.setProperty("database", tested);
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
            String name = module.replace('/', '-') + "." + tested + "." + outcome + ".properties";
            Files.move(aside, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the record of " + tested + " to " + folder, e);
        }
    }

    static DatabaseRecord read(Path file) {
        try (Reader text = new StringReader(Files.readString(file, UTF_8))) {
            Properties properties = new Properties();
            properties.load(text);
            return new DatabaseRecord(
                    properties.getProperty("database"),
                    Outcome.valueOf(properties.getProperty("outcome")),
                    properties.getProperty("module"),
                    properties.getProperty("detail"),
                    properties.getProperty("version"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }
}
