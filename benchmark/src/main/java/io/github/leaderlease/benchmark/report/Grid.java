package io.github.leaderlease.benchmark.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** A table: the first column says what a row is about, the others hold texts and numbers. */
public final class Grid {

    private final String name;
    private final List<String> columns;
    private final List<List<Object>> rows = new ArrayList<>();

    /**
     * An empty table.
     *
     * @param name of its file
     * @param columns their titles
     */
    public Grid(String name, String... columns) {
        this.name = name;
        this.columns = List.of(columns);
    }

    /** Adds a row; cells that are left out at its end are empty. */
    public Grid row(Object... cells) {
        if (cells.length > columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for the columns " + columns);
        }
        List<Object> row = new ArrayList<>(List.of(cells));
        row.addAll(Collections.nCopies(columns.size() - cells.length, ""));
        rows.add(row);
        return this;
    }

    /** The name of its file. */
    public String name() {
        return name;
    }

    /** The titles of the columns. */
    public List<String> columns() {
        return columns;
    }

    /** The cells as they were given. */
    public List<List<Object>> rows() {
        return Collections.unmodifiableList(rows);
    }

    /** As Markdown, which is readable on a terminal too. */
    public String markdown() {
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns);
        rows.forEach(row -> lines.add(row.stream().map(Figures::show).toList()));
        int[] widths = new int[columns.size()];
        lines.forEach(line -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], Math.max(3, line.get(i).length()));
            }
        });
        StringBuilder text = new StringBuilder();
        text.append(line(lines.get(0), widths));
        for (int i = 0; i < widths.length; i++) {
            text.append(i == 0 ? "| :" + "-".repeat(widths[i] - 1) + " " : "| " + "-".repeat(widths[i] - 1) + ": ");
        }
        text.append("|\n");
        lines.stream().skip(1).forEach(line -> text.append(line(line, widths)));
        return text.toString();
    }

    private static String line(List<String> cells, int[] widths) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String gap = " ".repeat(widths[i] - cells.get(i).length());
            text.append("| ")
                    .append(i == 0 ? cells.get(i) + gap : gap + cells.get(i))
                    .append(' ');
        }
        return text.append("|\n").toString();
    }

    /** As comma-separated values, numbers in full. */
    public String csv() {
        StringBuilder text = new StringBuilder(csv(columns));
        rows.forEach(row -> text.append(csv(row)));
        return text.toString();
    }

    private static String csv(List<?> cells) {
        return cells.stream()
                        .map(cell -> {
                            String value = cell.toString();
                            return value.matches("[^\",\n]*") ? value : '"' + value.replace("\"", "\"\"") + '"';
                        })
                        .collect(Collectors.joining(","))
                + "\n";
    }
}
