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

/** Which databases the tests of the whole build ran on, and which not and why, from the records that each leg left. */
public final class DatabaseReport {
    private static final String ROW = "%-18s %-8s %-28s %-28s %s%n";

    private final List<LegRecord> records;

    private DatabaseReport(List<LegRecord> records) {
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
                    .map(LegRecord::read)
                    .sorted(Comparator.comparing((LegRecord entry) -> legs().indexOf(entry.leg()))
                            .thenComparing(LegRecord::outcome)
                            .thenComparing(LegRecord::module))
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + folder, e);
        }
    }

    /** The products of which no version that we support ran: databases, and the pooler in front of them. */
    public Set<String> missingEngines() {
        Set<String> ran = records.stream()
                .filter(entry -> entry.outcome() == LegRecord.Outcome.RAN)
                .map(LegRecord::leg)
                .collect(Collectors.toSet());
        Set<String> missing = new LinkedHashSet<>();
        for (Engine engine : Engine.values()) {
            if (Leg.of(engine).map(Leg::name).noneMatch(ran::contains)) {
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
                .filter(entry -> entry.outcome() == LegRecord.Outcome.FAILED)
                .map(entry -> entry.leg() + " in " + entry.module() + ": " + entry.detail())
                .toList();
    }

    /** The legs, among those that we support, for which no test of the build even asked. */
    public Set<String> unused() {
        Set<String> asked = records.stream().map(LegRecord::leg).collect(Collectors.toSet());
        return Arrays.stream(Leg.values())
                .filter(Leg::supported)
                .map(Leg::name)
                .filter(leg -> !asked.contains(leg))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static List<String> legs() {
        return Stream.concat(Arrays.stream(Leg.values()).map(Leg::name), Stream.of(PgBouncer.NAME))
                .toList();
    }

    /** A table for people: a row for each leg and outcome, with version, modules and where from or why not. */
    public String table() {
        StringBuilder table = new StringBuilder(ROW.formatted("LEG", "OUTCOME", "VERSION", "MODULES", "DETAIL"));
        for (String leg : legs()) {
            List<LegRecord> ofLeg =
                    records.stream().filter(entry -> entry.leg().equals(leg)).toList();
            if (ofLeg.isEmpty()) {
                table.append(ROW.formatted(leg, "UNUSED", "", "", "no test asked for it"));
            }
            for (LegRecord.Outcome outcome : LegRecord.Outcome.values()) {
                append(
                        table,
                        ofLeg.stream()
                                .filter(entry -> entry.outcome() == outcome)
                                .toList());
            }
        }
        return table.toString();
    }

    private static void append(StringBuilder table, List<LegRecord> alike) {
        if (!alike.isEmpty()) {
            LegRecord first = alike.get(0);
            table.append(ROW.formatted(
                    first.leg(),
                    first.outcome(),
                    distinct(alike.stream().map(LegRecord::version)),
                    distinct(alike.stream().map(LegRecord::module)),
                    distinct(alike.stream().map(LegRecord::detail))));
        }
    }

    private static String distinct(Stream<String> values) {
        return values.distinct().collect(Collectors.joining(", "));
    }
}
