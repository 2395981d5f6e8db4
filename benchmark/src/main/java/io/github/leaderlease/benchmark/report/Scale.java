package io.github.leaderlease.benchmark.report;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Where values lie in a picture.
 *
 * @param low the smallest value
 * @param high the largest; what is beyond lies there too
 * @param logarithmic whether equal distances are equal ratios
 * @param begin where the smallest lies
 * @param end where the largest lies
 */
record Scale(double low, double high, boolean logarithmic, double begin, double end) {

    private static final double[] STEPS = {0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10};

    /** From zero to the largest value. */
    static Scale linear(double high, double begin, double end) {
        return new Scale(0, high > 0 ? high : 1, false, begin, end);
    }

    /** From the power of ten below the smallest value to the largest. */
    static Scale logarithmic(double least, double high, double begin, double end) {
        double low = Math.pow(10, Math.floor(Math.log10(least)));
        return new Scale(low, Math.max(high, 10 * low), true, begin, end);
    }

    double at(double value) {
        double share = logarithmic ? Math.log10(value / low) / Math.log10(high / low) : (value - low) / (high - low);
        return begin + (end - begin) * Math.min(1, Math.max(0, share));
    }

    /** Round values, so many at most. */
    double[] ticks(int most) {
        int last = (int) Math.floor(Math.log10(high));
        if (logarithmic) {
            int first = (int) Math.round(Math.log10(low));
            int every = (last - first + most) / most;
            return IntStream.rangeClosed(0, (last - first) / every)
                    .mapToDouble(i -> Math.pow(10, first + i * every))
                    .toArray();
        }
        double step = Arrays.stream(STEPS)
                .map(each -> each * Math.pow(10, last))
                .filter(each -> Math.floor(high / each) < most)
                .findFirst()
                .orElse(high);
        return IntStream.rangeClosed(0, (int) Math.floor(high / step))
                .mapToDouble(i -> i * step)
                .toArray();
    }
}
