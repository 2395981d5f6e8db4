package io.github.leaderlease.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ScriptsTest {

    @ParameterizedTest
    @EnumSource(Database.class)
    void printsEveryScriptOfTheFolder(Database engine) throws IOException, URISyntaxException {
        assertThat(folder(engine)).isEqualTo(Scripts.NAMES);
        StringBuilder printed = new StringBuilder();
        LeaseMigrations.writeSql(printed, engine, "app_");
        assertThat(printed)
                .startsWith("-- V1__leader_lease.sql for " + engine.product())
                .contains("create table app_leader_lease (", "create table app_leader_term (", "view app_leader_status")
                .contains("create table app_leader_installation (")
                .doesNotContain("${");
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void everyNameCarriesThePrefix(Database engine) throws IOException {
        StringBuilder printed = new StringBuilder();
        LeaseMigrations.writeSql(printed, engine, "app_");
        String statements = printed.toString().replaceAll("(?m)^\\s*--.*$", "");
        assertThat(statements).doesNotContainPattern("(?<!app_)\\bleader_(lease|term|status|installation)");
    }

    private static List<String> folder(Database engine) throws IOException, URISyntaxException {
        String path = "/" + engine.location().replace("classpath:", "");
        Path folder = Path.of(
                Objects.requireNonNull(ScriptsTest.class.getResource(path)).toURI());
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
