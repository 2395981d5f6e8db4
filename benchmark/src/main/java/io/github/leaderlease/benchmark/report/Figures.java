package io.github.leaderlease.benchmark.report;

import java.util.Locale;

/** How a figure is shown. */
public final class Figures {

    private static final double THREE_DIGITS = 100;
    private static final double TWO_DIGITS = 10;

    private Figures() {}

    /** Text as it is; numbers with as many digits as mean something. */
    public static String show(Object cell) {
        if (cell instanceof Double number) {
            return show(number.doubleValue());
        }
        return cell instanceof Number number ? String.format(Locale.ROOT, "%,d", number.longValue()) : cell.toString();
    }

    private static String show(double number) {
        double size = Math.abs(number);
        if (Double.isNaN(number)) {
            return "–";
        }
        if (size >= THREE_DIGITS || size == 0) {
            return String.format(Locale.ROOT, "%,.0f", number);
        }
        if (size >= TWO_DIGITS) {
            return String.format(Locale.ROOT, "%.1f", number);
        }
        return String.format(Locale.ROOT, size >= 1 ? "%.2f" : "%.3f", number);
    }

    /** The median, and in brackets the quartiles. */
    public static String spread(Distribution values) {
        return show(values.median()) + " (" + show(values.quantile(0.25)) + "–" + show(values.quantile(0.75)) + ")";
    }
}
