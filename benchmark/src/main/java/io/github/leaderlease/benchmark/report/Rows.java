package io.github.leaderlease.benchmark.report;

import io.github.leaderlease.benchmark.report.Picture.Kind;
import io.github.leaderlease.benchmark.report.Picture.Point;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/** Draws rows of dots or bars: the best one first in each group, the figure beside the mark. */
final class Rows {

    private static final int HEIGHT = 22;
    private static final int HEADING = 28;
    private static final double CHARACTER = 7.2;
    private static final int GAP = 8;
    private static final int ROOM_FOR_FIGURES = 120;

    /** What is more than so many times the row in the middle would squash all others, and is cut off. */
    private static final double FAR = 4;

    private final Picture picture;
    private final Scale scale;

    private Rows(Picture picture, Scale scale) {
        this.picture = picture;
        this.scale = scale;
    }

    static Svg.Drawn draw(Picture picture) {
        return new Rows(picture, scale(picture)).draw();
    }

    private Svg.Drawn draw() {
        StringBuilder rows = new StringBuilder();
        int bottom = Svg.TOP;
        for (Map.Entry<String, List<Point>> group : picture.groups().entrySet()) {
            if (!group.getKey().isEmpty()) {
                bottom += HEADING;
                rows.append(Svg.text("group", 0, bottom - 6, group.getKey()));
            }
            for (Point row : bestFirst(group.getValue())) {
                bottom += HEIGHT;
                rows.append(row(row, bottom - HEIGHT / 2));
            }
        }
        return new Svg.Drawn(Svg.grid(picture, scale, bottom) + rows, bottom + GAP);
    }

    private List<Point> bestFirst(List<Point> rows) {
        Comparator<Point> smallest = Comparator.comparingDouble(Point::y);
        boolean reversed = picture.kind() == Kind.BARS || picture.kind() == Kind.LOGARITHMIC_LARGEST_FIRST;
        return rows.stream().sorted(reversed ? smallest.reversed() : smallest).toList();
    }

    private String row(Point row, int y) {
        String name = row.x().toString();
        boolean bar = picture.kind() == Kind.BARS;
        String whose = bar || name.startsWith("leader-lease") ? "ours" : "theirs";
        return Svg.text(whose, 0, y + 4, name) + (bar ? bar(row, whose, y) : dot(row, whose, y));
    }

    /** Its length is what was lost. */
    private String bar(Point row, String whose, int y) {
        double left = scale.at(Math.min(1, row.y()));
        double width = scale.at(Math.max(1, row.y())) - left;
        return Svg.element(
                        "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"12\"/>",
                        whose, left, y - 6, width)
                + Svg.text(whose + " bar", left - GAP, y + 4, Figures.show(row.y()));
    }

    private String dot(Point row, String whose, int y) {
        StringBuilder svg = new StringBuilder();
        row.runs().stream()
                .filter(run -> run <= scale.high())
                .forEach(run -> svg.append(circle(whose + " run", run, y)));
        if (row.y() <= scale.high()) {
            svg.append(circle(whose, row.y(), y));
        }
        if (row.y() <= scale.high() && row.to() > row.y()) {
            svg.append(Svg.line(whose + " line", scale.at(row.y()), y, scale.at(row.to()), y));
        }
        return svg + Svg.text(whose, scale.at(row.to()) + GAP, y + 4, figure(row));
    }

    private String circle(String kind, double value, int y) {
        return Svg.element("<circle class=\"%s\" cx=\"%.1f\" cy=\"%d\" r=\"4\"/>", kind, scale.at(value), y);
    }

    private String figure(Point row) {
        String value = Double.isInfinite(row.y()) ? "never" : Figures.show(row.y());
        String to = row.to() > row.y() ? " to " + Figures.show(row.to()) : "";
        return value + to + (row.to() > scale.high() ? " →" : "");
    }

    /** Between the names and the room for figures. */
    private static Scale scale(Picture picture) {
        List<Point> rows = picture.points();
        int longest =
                rows.stream().mapToInt(row -> row.x().toString().length()).max().orElse(0);
        double left = longest * CHARACTER + 2 * GAP;
        double right = Svg.WIDTH - ROOM_FOR_FIGURES;
        List<Double> happened =
                rows.stream().map(Point::y).filter(Double::isFinite).toList();
        Distribution medians = Distribution.of(happened.isEmpty() ? List.of(1.0) : happened);
        double limit = picture.kind() == Kind.DOTS ? FAR * medians.median() : Double.MAX_VALUE;
        DoubleStream marks = picture.marks().keySet().stream().mapToDouble(mark -> mark);
        DoubleStream values = rows.stream().flatMapToDouble(Rows::values).filter(value -> value <= limit);
        double high = DoubleStream.concat(marks, values).max().orElse(1);
        return switch (picture.kind()) {
            case BARS -> Scale.linear(Math.max(1, high), left, right);
            case DOTS, LINES -> Scale.linear(high, left, right);
            case LOGARITHMIC, LOGARITHMIC_LARGEST_FIRST -> Scale.logarithmic(medians.min(), high, left, right);
        };
    }

    private static DoubleStream values(Point row) {
        DoubleStream runs = row.runs().stream().mapToDouble(run -> run);
        return DoubleStream.concat(DoubleStream.of(row.y(), row.to()), runs);
    }
}
