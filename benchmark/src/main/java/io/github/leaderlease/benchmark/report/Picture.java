package io.github.leaderlease.benchmark.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a picture shows: rows in groups, or lines.
 *
 * @param name of its files
 * @param title above it
 * @param unit what its marks are, and their unit
 * @param kind how it is drawn
 * @param groups of rows; or lines; by name, which is empty for rows without a group
 * @param marks vertical lines with a name, by the value that they stand at
 */
public record Picture(
        String name, String title, String unit, Kind kind, Map<String, List<Point>> groups, Map<Double, String> marks) {

    /** How a picture is drawn. */
    public enum Kind {
        /** A dot in a row, the smallest first. */
        DOTS,
        /** The same on a logarithmic axis. */
        LOGARITHMIC,
        /** The same with the largest first. */
        LOGARITHMIC_LARGEST_FIRST,
        /** A row each for a ratio of ours, the largest first: a bar from 1.0 down to it. */
        BARS,
        /** Lines of ours over numbers. */
        LINES
    }

    /**
     * A row, or a point of a line.
     *
     * @param x the name of the row, or a number
     * @param y its value; infinite for what never happened
     * @param to where the line ends that begins at the value; there is none if it is the value itself
     * @param runs single measurements
     */
    public record Point(Object x, double y, double to, List<Double> runs) {}

    /** One that shows nothing as yet. */
    public static Picture of(String name, String title, String unit, Kind kind) {
        return new Picture(name, title, unit, kind, new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    /** Names a value. */
    public Picture mark(double value, String label) {
        marks.put(value, label);
        return this;
    }

    /** Adds a row to a group, or a point to a line. */
    public Picture add(String group, Object x, double y) {
        return add(group, x, y, y, List.of());
    }

    /** Adds a row with a line from its value to another, and single measurements, to a group. */
    public Picture add(String group, Object x, double y, double to, List<Double> runs) {
        groups.computeIfAbsent(group, each -> new ArrayList<>()).add(new Point(x, y, to, runs));
        return this;
    }

    /** All rows, or points. */
    List<Point> points() {
        return groups.values().stream().flatMap(List::stream).toList();
    }
}
