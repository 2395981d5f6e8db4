package io.github.leaderlease.cli;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows of text in columns, each as wide as its widest cell. Control characters are shown as question marks. */
final class TextTable {

    private TextTable() {}

    static List<String> lines(List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            Arrays.setAll(widths, i -> Math.max(widths[i], row.get(i).length()));
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    /** What stands in a table may have been written by anybody: it must not steer a terminal. */
    private static String line(List<String> row, int[] widths) {
        String line = IntStream.range(0, widths.length)
                .mapToObj(i -> row.get(i) + " ".repeat(widths[i] - row.get(i).length()))
                .collect(Collectors.joining("  "));
        return line.stripTrailing().replaceAll("\\p{Cc}", "?");
    }
}
