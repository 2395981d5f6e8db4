package io.github.leaderlease.benchmark.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws pictures as SVG and PNG. */
final class Charts {

    private static final int WIDTH = 960;
    private static final int HEIGHT = 480;

    /** Bars have long names, and of those that would overlap the library leaves some out. */
    private static final int HEIGHT_OF_BARS = 640;

    private static final int LABEL_ANGLE = 75;

    private Charts() {}

    /** Beside each other in the folder: {@code name.svg} and {@code name.png}. */
    static void draw(Picture picture, Path folder) throws IOException {
        if (picture.bars()) {
            write(bars(picture), folder, picture.name());
        } else {
            write(lines(picture), folder, picture.name());
        }
    }

    private static <T extends Chart<?, ?>> void write(T chart, Path folder, String name) throws IOException {
        String path = folder.resolve(name).toString();
        VectorGraphicsEncoder.saveVectorGraphic(chart, path, VectorGraphicsFormat.SVG);
        BitmapEncoder.saveBitmap(chart, path, BitmapFormat.PNG);
    }

    private static <T extends Chart<?, ?>> T titled(T chart, Picture picture) {
        chart.setTitle(picture.title());
        chart.setXAxisTitle(picture.x());
        chart.setYAxisTitle(picture.y());
        return chart;
    }

    private static CategoryChart bars(Picture picture) {
        CategoryChart chart = titled(new CategoryChart(WIDTH, HEIGHT_OF_BARS), picture);
        double bottom = picture.logarithmic() ? decadeBelow(picture) : 0;
        chart.getStyler().setYAxisLogarithmic(picture.logarithmic());
        chart.getStyler().setYAxisMin(bottom);
        chart.getStyler().setXAxisLabelRotation(LABEL_ANGLE);
        chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
        List<String> names = List.copyOf(names(picture));
        picture.series().forEach((series, points) -> {
            List<Double> values =
                    names.stream().map(name -> value(points, name, bottom)).toList();
            chart.addSeries(series, names, values);
        });
        return chart;
    }

    /** Bars of a logarithmic axis cannot begin at zero. */
    private static double decadeBelow(Picture picture) {
        double least = picture.series().values().stream()
                .flatMap(List::stream)
                .mapToDouble(Picture.Point::y)
                .min()
                .orElseThrow();
        return Math.pow(10, Math.floor(Math.log10(least) - 0.1));
    }

    private static Collection<String> names(Picture picture) {
        Collection<String> names = new LinkedHashSet<>();
        for (Map.Entry<String, List<Picture.Point>> series : picture.series().entrySet()) {
            series.getValue().forEach(point -> names.add(point.x().toString()));
        }
        return names;
    }

    private static double value(List<Picture.Point> points, String name, double otherwise) {
        return points.stream()
                .filter(point -> point.x().toString().equals(name))
                .mapToDouble(Picture.Point::y)
                .findFirst()
                .orElse(otherwise);
    }

    private static XYChart lines(Picture picture) {
        XYChart chart = titled(new XYChart(WIDTH, HEIGHT), picture);
        chart.getStyler().setYAxisLogarithmic(picture.logarithmic());
        chart.getStyler().setXAxisLogarithmic(picture.logarithmic());
        chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
        picture.series()
                .forEach((series, points) -> chart.addSeries(
                        series,
                        points.stream()
                                .mapToDouble(point -> ((Number) point.x()).doubleValue())
                                .toArray(),
                        points.stream().mapToDouble(Picture.Point::y).toArray()));
        return chart;
    }
}
