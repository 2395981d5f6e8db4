package io.github.leaderlease.benchmark.report;

import io.github.leaderlease.benchmark.report.Picture.Point;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Draws lines, each with its name and its last figure at its end. */
final class Lines {

    private static final int BOTTOM = 260;
    private static final int LEFT = 20;
    private static final int ROOM_FOR_NAMES = 220;
    private static final int TEXT = 18;

    private Lines() {}

    static Svg.Drawn draw(Picture picture) {
        double far = picture.points().stream().mapToDouble(Lines::x).max().orElse(1);
        double high = picture.points().stream().mapToDouble(Point::y).max().orElse(1);
        Scale across = Scale.linear(far, LEFT, Svg.WIDTH - ROOM_FOR_NAMES);
        Scale up = Scale.linear(high, BOTTOM, Svg.TOP);
        StringBuilder svg = new StringBuilder(Svg.grid(picture, across, BOTTOM));
        double free = BOTTOM;
        List<Map.Entry<String, List<Point>>> lowestFirst = picture.groups().entrySet().stream()
                .sorted(Comparator.comparingDouble(line -> last(line.getValue()).y()))
                .toList();
        for (Map.Entry<String, List<Point>> line : lowestFirst) {
            StringBuilder path = new StringBuilder();
            line.getValue()
                    .forEach(point -> path.append(Svg.element("%.1f,%.1f", across.at(x(point)), up.at(point.y()))));
            svg.append(Svg.element("<polyline class=\"ours line\" points=\"%s\"/>", path));
            Point last = last(line.getValue());
            double y = Math.min(free, up.at(last.y()));
            free = y - TEXT; // the next name stands above this one
            svg.append(Svg.text("ours", across.at(x(last)) + 8, y + 4, line.getKey() + ": " + Figures.show(last.y())));
        }
        return new Svg.Drawn(svg.toString(), BOTTOM + TEXT);
    }

    private static Point last(List<Point> points) {
        return points.get(points.size() - 1);
    }

    private static double x(Point point) {
        return ((Number) point.x()).doubleValue();
    }
}
