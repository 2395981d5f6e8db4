package io.github.leaderlease.benchmark.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import java.util.Map;

/** Writes pictures as SVG, each for light pages and for dark ones. */
final class Svg {

    static final int WIDTH = 800;

    /** Where the grid begins: below the title, the unit, and its own labels. */
    static final int TOP = 66;

    private static final int MOST_LINES = 4;
    private static final double ROOM_FOR_LABEL = 50;

    private static final String STYLE = """
            text { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: %2$s }
            .title { font-size: 15px; font-weight: 600; fill: %1$s }
            .group { font-weight: 600 }
            .tick { font-size: 12px; text-anchor: middle }
            .bar { text-anchor: end }
            .grid { stroke: %3$s }
            .mark { stroke: %2$s; stroke-dasharray: 4 3 }
            .theirs { fill: %4$s; stroke: %4$s }
            .ours { fill: %5$s; stroke: %5$s }
            .run { fill-opacity: 0.4; stroke: none }
            .line { fill: none; stroke-width: 2 }
            text.theirs { fill: %2$s; stroke: none }
            text.ours { font-weight: 700; stroke: none }
            """;

    /** Of the title, of texts, of the grid, of the others, of ours; by what is added to the name of the file. */
    private static final Map<String, Object[]> COLOURS = Map.of(
            "", new Object[] {"#1f2328", "#59636e", "#d8dee4", "#8c959f", "#0a60c9"},
            "-dark", new Object[] {"#e6edf3", "#9aa4af", "#30363d", "#7d8590", "#58a6ff"});

    private Svg() {}

    /** Beside each other in the folder: {@code name.svg} and {@code name-dark.svg}. */
    static void draw(Picture picture, Path folder) throws IOException {
        Drawn drawn = picture.kind() == Picture.Kind.LINES ? Lines.draw(picture) : Rows.draw(picture);
        for (Map.Entry<String, Object[]> theme : COLOURS.entrySet()) {
            String page = page(picture, STYLE.formatted(theme.getValue()), drawn);
            Files.writeString(folder.resolve(picture.name() + theme.getKey() + ".svg"), page);
        }
    }

    private static String page(Picture picture, String style, Drawn drawn) {
        return String.format(
                Locale.ROOT,
                """
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" role="img">
                <title>%3$s</title>
                <style>
                %4$s</style>
                <text class="title" x="0" y="16">%3$s</text>
                <text x="0" y="36">%5$s</text>
                %6$s</svg>
                """,
                WIDTH,
                drawn.height(),
                escaped(picture.title()),
                style,
                escaped(picture.unit()),
                drawn.elements());
    }

    /** What shows it in Markdown, in the colours of the reader's page. */
    static String embedded(Picture picture) {
        return """
               <picture>
                 <source media="(prefers-color-scheme: dark)" srcset="%1$s-dark.svg">
                 <img alt="%2$s" src="%1$s.svg">
               </picture>
               """.formatted(picture.name(), escaped(picture.title() + ": " + picture.unit()));
    }

    /**
     * What stands below the title.
     *
     * @param elements of SVG
     * @param height of the whole picture
     */
    record Drawn(String elements, int height) {}

    /** Vertical lines down to the bottom, with their values above; where a mark needs the room there is none. */
    static String grid(Picture picture, Scale scale, int bottom) {
        DecimalFormat plain = new DecimalFormat("#,##0.######", DecimalFormatSymbols.getInstance(Locale.ROOT));
        StringBuilder svg = new StringBuilder();
        for (double tick : scale.ticks(MOST_LINES - picture.marks().size())) {
            if (picture.marks().keySet().stream()
                    .noneMatch(mark -> Math.abs(scale.at(mark) - scale.at(tick)) < ROOM_FOR_LABEL)) {
                svg.append(vertical("grid", scale.at(tick), bottom, plain.format(tick)));
            }
        }
        picture.marks().forEach((mark, label) -> svg.append(vertical("mark", scale.at(mark), bottom, label)));
        return svg.toString();
    }

    private static String vertical(String kind, double x, int bottom, String label) {
        return line(kind, x, TOP, x, bottom) + text("tick", x, TOP - 6, label);
    }

    static String line(String kind, double x, int y, double toX, int toY) {
        return element("<line class=\"%s\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>", kind, x, y, toX, toY);
    }

    static String text(String kind, double x, double y, String text) {
        return element("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>", kind, x, y, escaped(text));
    }

    /** The same wherever it is drawn. */
    static String element(String format, Object... values) {
        return String.format(Locale.ROOT, format + "\n", values);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
