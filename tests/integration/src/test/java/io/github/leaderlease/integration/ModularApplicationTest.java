package io.github.leaderlease.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.LeaseCoordinator;
import io.github.leaderlease.h2.H2Dialect;
import io.github.leaderlease.migrations.LeaseMigrations;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/**
 * An application that is a module, requires what it uses itself, and has on its module path what Maven gives it: no
 * annotations that we only compile with.
 */
final class ModularApplicationTest {

    private static final String MODULE = """
            module app {
                requires io.github.leaderlease.core;
                requires io.github.leaderlease.migrations;
                requires com.h2database;
                requires java.naming;
            }
            """;

    private static final String MAIN = """
            package app;

            import io.github.leaderlease.*;
            import io.github.leaderlease.migrations.LeaseMigrations;

            public final class Main {
                public static void main(String[] arguments) throws Exception {
                    var database = new org.h2.jdbcx.JdbcDataSource();
                    database.setURL("jdbc:h2:mem:modular;DB_CLOSE_DELAY=-1");
                    LeaseMigrations.migrate(database);
                    try (LeaseCoordinator coordinator = LeaseCoordinator.builder(database).build()) {
                        var led = new java.util.concurrent.CountDownLatch(1);
                        LeaderElection election = coordinator.election("job").job(term -> led.countDown()).start();
                        led.await();
                        System.out.println("led");
                        election.leadership().ifPresent(term -> term.inTransaction(c -> null));
                    }
                }
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void itCompilesAndElects() throws Exception {
        Path source = Files.createDirectories(folder.resolve("source/app"));
        Path module = Files.writeString(source.resolveSibling("module-info.java"), MODULE);
        Path main = Files.writeString(source.resolve("Main.java"), MAIN);
        String path = modulePath();
        String out = folder.resolve("out").toString();
        StringWriter said = new StringWriter();
        int compiled = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        new PrintWriter(said),
                        new PrintWriter(said),
                        "--release",
                        "17",
                        "-proc:none",
                        "-p",
                        path,
                        "-d",
                        out,
                        module.toString(),
                        main.toString());
        assertThat(compiled).as("%s", said).isZero();
        assertThat(run(out + File.pathSeparator + path)).contains("led\n");
    }

    private static String run(String path) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(java, "-p", path, "-m", "app/app.Main")
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as("%s", said).isZero();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    private String modulePath() throws Exception {
        Class<?> reflector = Class.forName("io.leangen.geantyref.GenericTypeReflector");
        List<String> path = new ArrayList<>();
        for (Class<?> member : List.of(
                LeaseCoordinator.class,
                H2Dialect.class,
                LeaseMigrations.class,
                Jdbi.class,
                reflector,
                Logger.class,
                Flyway.class,
                org.h2.Driver.class)) {
            path.add(module(member).toString());
        }
        return String.join(File.pathSeparator, path);
    }

    /** Before it is packaged, a module is a folder; one that has its name from the manifest needs to be packaged. */
    private Path module(Class<?> member) throws IOException, URISyntaxException {
        Path place = Path.of(
                member.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (!Files.isDirectory(place) || Files.exists(place.resolve("module-info.class"))) {
            return place;
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Automatic-Module-Name", member.getPackageName());
        Path jar = folder.resolve(member.getSimpleName() + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                Stream<Path> files = Files.walk(place)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(place.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        return jar;
    }
}
