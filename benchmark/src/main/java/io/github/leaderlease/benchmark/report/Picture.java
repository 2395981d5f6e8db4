package io.github.leaderlease.benchmark.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a chart shows. Bars where the x values are names, lines where they are numbers.
 *
 * @param name of its files
 * @param title above it
 * @param x what the x axis shows
 * @param y what the y axis shows, with its unit
 * @param logarithmic whether the y axis is; the x axis of lines is then too
 * @param series what is shown, by name
 */
public record Picture(
        String name, String title, String x, String y, boolean logarithmic, Map<String, List<Point>> series) {

    /**
     * A value.
     *
     * @param x a name, or a number
     * @param y the value
     */
    public record Point(Object x, double y) {}

    /** One without series as yet. */
    public static Picture of(String name, String title, String x, String y, boolean logarithmic) {
        return new Picture(name, title, x, y, logarithmic, new LinkedHashMap<>());
    }

    /** Adds a point to a series. */
    public Picture add(String series, Object x, double y) {
        series().computeIfAbsent(series, name -> new ArrayList<>()).add(new Point(x, y));
        return this;
    }

    /** Whether it shows bars. */
    boolean bars() {
        return series.values().stream().flatMap(List::stream).noneMatch(point -> point.x() instanceof Number);
    }
}
