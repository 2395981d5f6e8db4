package io.github.leaderlease.testdatabases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Gives each new MySQL or MariaDB a copy of data that were initialized once: to initialize them takes longest of all. */
final class InitializedData {
    private InitializedData() {}

    /**
     * Makes the data folder of a new server.
     *
     * @param server runs, and its version is part of what the data are cached by
     * @param initialize the command that makes the data in a given folder
     * @return the data folder
     */
    static Path into(Path directory, Path server, Function<Path, List<String>> initialize) {
        String made = Command.outcome(List.of(server.toString(), "--no-defaults", "--version"))
                .output();
        Path original = Cache.cached("data-" + Integer.toHexString((server + made).hashCode()), folder -> {
            List<String> command = new ArrayList<>(initialize.apply(folder.resolve("data")));
            command.add(MysqlFamily.temporaryFilesIn(folder));
            Command.succeed(command);
        });
        Command.succeed(List.of("cp", "-R", original.resolve("data").toString(), directory.toString()));
        Path data = directory.resolve("data");
        try {
            // Two servers must not have one server_uuid; a server without this file makes itself a new one.
            Files.deleteIfExists(data.resolve("auto.cnf"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return data;
    }
}
