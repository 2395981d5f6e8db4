package io.github.leaderlease.testdatabases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which databases the tests of the whole build ran on, and which not and why, from the records that each left. */
public final class DatabaseReport {
    private static final String ROW = "%-18s %-8s %-28s %-28s %s%n";

    private final List<DatabaseRecord> records;

    private DatabaseReport(List<DatabaseRecord> records) {
        this.records = records;
    }

    /** Reads the records below the root of the build. */
    public static DatabaseReport read() {
        return read(Folders.records());
    }

    /** Reads the records in a folder; there are none if there is no such folder. */
    static DatabaseReport read(Path folder) {
        if (!Files.isDirectory(folder)) {
            return new DatabaseReport(List.of());
        }
        try (Stream<Path> files = Files.list(folder)) {
            return new DatabaseReport(files.filter(file -> file.toString().endsWith(".properties"))
                    .map(DatabaseRecord::read)
                    .sorted(Comparator.comparing(
                                    (DatabaseRecord entry) -> databases().indexOf(entry.tested()))
                            .thenComparing(DatabaseRecord::outcome)
                            .thenComparing(DatabaseRecord::module))
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + folder, e);
        }
    }

    /** The products of which no version that we support ran: databases, and the pooler in front of them. */
    public Set<String> missingEngines() {
        Set<String> ran = records.stream()
                .filter(entry -> entry.outcome() == DatabaseRecord.Outcome.RAN)
                .map(DatabaseRecord::tested)
                .collect(Collectors.toSet());
        Set<String> missing = new LinkedHashSet<>();
        for (Engine engine : Engine.values()) {
            if (DatabaseUnderTest.of(engine).map(DatabaseUnderTest::name).noneMatch(ran::contains)) {
                missing.add(engine.title());
            }
        }
        if (!ran.contains(PgBouncer.NAME)) {
            missing.add(PgBouncer.TITLE);
        }
        return missing;
    }

    /** Whether no test of the build asked for any database. */
    public boolean isEmpty() {
        return records.isEmpty();
    }

    /** What should have run on this machine and did not. */
    public List<String> failures() {
        return records.stream()
                .filter(entry -> entry.outcome() == DatabaseRecord.Outcome.FAILED)
                .map(entry -> entry.tested() + " in " + entry.module() + ": " + entry.detail())
                .toList();
    }

    /** The databases, among those that we support, for which no test of the build even asked. */
    public Set<String> unused() {
        Set<String> asked = records.stream().map(DatabaseRecord::tested).collect(Collectors.toSet());
        return Arrays.stream(DatabaseUnderTest.values())
                .filter(DatabaseUnderTest::supported)
                .map(DatabaseUnderTest::name)
                .filter(tested -> !asked.contains(tested))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static List<String> databases() {
        return Stream.concat(
                        Arrays.stream(DatabaseUnderTest.values()).map(DatabaseUnderTest::name),
                        Stream.of(PgBouncer.NAME))
                .toList();
    }

    /** A table for people: a row for each database and outcome, with version, modules and where from or why not. */
    public String table() {
        StringBuilder table = new StringBuilder(ROW.formatted("DATABASE", "OUTCOME", "VERSION", "MODULES", "DETAIL"));
        for (String tested : databases()) {
            List<DatabaseRecord> ofDatabase = records.stream()
                    .filter(entry -> entry.tested().equals(tested))
                    .toList();
            if (ofDatabase.isEmpty()) {
                table.append(ROW.formatted(tested, "UNUSED", "", "", "no test asked for it"));
            }
            for (DatabaseRecord.Outcome outcome : DatabaseRecord.Outcome.values()) {
                append(
                        table,
                        ofDatabase.stream()
                                .filter(entry -> entry.outcome() == outcome)
                                .toList());
            }
        }
        return table.toString();
    }

    private static void append(StringBuilder table, List<DatabaseRecord> alike) {
        if (!alike.isEmpty()) {
            DatabaseRecord first = alike.get(0);
            table.append(ROW.formatted(
                    first.tested(),
                    first.outcome(),
                    distinct(alike.stream().map(DatabaseRecord::version)),
                    distinct(alike.stream().map(DatabaseRecord::module)),
                    distinct(alike.stream().map(DatabaseRecord::detail))));
        }
    }

    private static String distinct(Stream<String> values) {
        return values.distinct().collect(Collectors.joining(", "));
    }
}
