package io.github.leaderlease.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The Markdown table of one server. */
final class Table {

    private final boolean counted;
    private final StringBuilder text = new StringBuilder();

    /**
     * @param counted whether there are {@link Counters}
     */
    Table(boolean counted) {
        this.counted = counted;
        row(
                "threads",
                "variant",
                "transactions per second",
                "ratio to no fence",
                "ratio to no fence, pooled",
                "µs, one transaction",
                "µs added",
                "WAL bytes per transaction",
                "multixacts per 1,000");
        row("--:", "---", "--:", "--:", "--:", "--:", "--:", "--:", "--:");
    }

    void add(int threads, Map<Variant, List<Slice>> slices) {
        List<Slice> unfenced = slices.getOrDefault(Variant.UNFENCED, List.of());
        List<Slice> pooled = slices.getOrDefault(Variant.UNFENCED_POOLED, List.of());
        slices.forEach((variant, own) -> row(
                String.valueOf(threads),
                variant.title(),
                spread(own),
                variant == Variant.UNFENCED ? "" : format("%.2f", ratio(own, unfenced)),
                variant == Variant.FENCED_TRANSACTION ? format("%.2f", ratio(own, pooled)) : "",
                format("%,.0f", median(own, Slice::medianMicros)),
                variant == Variant.UNFENCED ? "" : format("%+,.0f", added(own, unfenced)),
                format("%.0f", median(own, Slice::walBytesPerCommit)),
                format("%.0f", median(own, Slice::multixactsPerThousand))));
    }

    private static String spread(List<Slice> slices) {
        List<Double> sorted = slices.stream().map(Slice::perSecond).sorted().toList();
        double worst = sorted.get(0);
        double best = sorted.get(sorted.size() - 1);
        return format("%,.0f (%,.0f..%,.0f)", median(slices, Slice::perSecond), worst, best);
    }

    /** Of the same round each, so that a round that something else slowed down does not count double. */
    private static double ratio(List<Slice> own, List<Slice> other) {
        return median(rounds(own, other, pair -> pair.own.perSecond() / pair.other.perSecond()));
    }

    private static double added(List<Slice> own, List<Slice> other) {
        return median(rounds(own, other, pair -> pair.own.medianMicros() - pair.other.medianMicros()));
    }

    private record Pair(Slice own, Slice other) {}

    private static List<Double> rounds(List<Slice> own, List<Slice> other, ToDoubleFunction<Pair> figure) {
        return IntStream.range(0, own.size())
                .mapToObj(round -> figure.applyAsDouble(new Pair(own.get(round), other.get(round))))
                .toList();
    }

    private static double median(List<Slice> slices, ToDoubleFunction<Slice> figure) {
        return median(slices.stream().map(figure::applyAsDouble).toList());
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private void row(String... cells) {
        List<String> shown = new ArrayList<>(List.of(cells));
        if (!counted) {
            shown.subList(shown.size() - 2, shown.size()).clear();
        }
        text.append("| ").append(String.join(" | ", shown)).append(" |\n");
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    /** The table. */
    @Override
    public String toString() {
        return text.toString();
    }
}
