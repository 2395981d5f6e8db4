package io.github.leaderlease.benchmark.report;

import java.util.Arrays;
import java.util.Collection;

/** Measured values, from the smallest to the largest. Quantiles are of the nearest rank: values that were measured. */
public final class Distribution {

    private final double[] sorted;

    private Distribution(double[] sorted) {
        this.sorted = sorted;
    }

    /** Of at least one value. */
    public static Distribution of(Collection<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no value was measured");
        }
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return new Distribution(sorted);
    }

    /** How many values there are. */
    public int count() {
        return sorted.length;
    }

    /** The smallest value that at least this share of all does not exceed. */
    public double quantile(double share) {
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1];
    }

    /** The one in the middle; between the two in the middle where there are two. */
    public double median() {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The smallest. */
    public double min() {
        return sorted[0];
    }

    /** The largest. */
    public double max() {
        return sorted[sorted.length - 1];
    }

    /** The mean. */
    public double mean() {
        return Arrays.stream(sorted).average().orElseThrow();
    }
}
