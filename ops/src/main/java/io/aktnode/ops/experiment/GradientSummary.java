package io.aktnode.ops.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the runs say together: each figure with and without AKT, over the seeds that both were
 * trained from.
 *
 * @param bits width
 * @param seeds from which both runs are there, in order
 * @param without figures of the runs without AKT, by seed in order
 * @param with likewise with AKT
 */
public record GradientSummary(
        int bits, List<Long> seeds, List<GradientFigures> without, List<GradientFigures> with) {

    public GradientSummary {
        seeds = List.copyOf(seeds);
        without = List.copyOf(without);
        with = List.copyOf(with);
    }

    /** What AKT does to one figure. */
    public enum Effect {
        /** Smaller with AKT from every seed. */
        LOWER,
        /** Larger with AKT from every seed. */
        HIGHER,
        /** Sometimes one, sometimes the other, or the same. */
        UNCLEAR
    }

    /**
     * One figure.
     *
     * @param lowerIn seeds from which it is smaller with AKT
     */
    public record Comparison(
            String figure,
            double meanWithout,
            double deviationWithout,
            double meanWith,
            double deviationWith,
            int lowerIn,
            Effect effect) {}

    /** Of all widths, smallest first. */
    public static List<GradientSummary> of(List<GradientTrace> traces, long warmUp) {
        Map<Integer, Map<Long, GradientFigures[]>> byBits = new TreeMap<>();
        for (GradientTrace trace : traces) {
            GradientCell cell = trace.cell();
            byBits.computeIfAbsent(cell.bits(), bits -> new TreeMap<>())
                            .computeIfAbsent(cell.seed(), seed -> new GradientFigures[2])[
                            cell.akt() ? 1 : 0] =
                    GradientFigures.of(trace, warmUp);
        }
        List<GradientSummary> summaries = new ArrayList<>();
        byBits.forEach(
                (bits, bySeed) -> {
                    bySeed.values().removeIf(pair -> pair[0] == null || pair[1] == null);
                    if (!bySeed.isEmpty()) {
                        summaries.add(
                                new GradientSummary(
                                        bits,
                                        List.copyOf(bySeed.keySet()),
                                        bySeed.values().stream().map(pair -> pair[0]).toList(),
                                        bySeed.values().stream().map(pair -> pair[1]).toList()));
                    }
                });
        return summaries;
    }

    /** Every figure, by name. */
    public Map<String, Comparison> comparisons() {
        Map<String, Comparison> comparisons = new LinkedHashMap<>();
        for (String figure : without.get(0).byName().keySet()) {
            double[] before = values(without, figure);
            double[] after = values(with, figure);
            int lower = 0;
            int higher = 0;
            for (int i = 0; i < before.length; i++) {
                lower += after[i] < before[i] ? 1 : 0;
                higher += after[i] > before[i] ? 1 : 0;
            }
            Effect effect =
                    lower == before.length
                            ? Effect.LOWER
                            : higher == before.length ? Effect.HIGHER : Effect.UNCLEAR;
            comparisons.put(
                    figure,
                    new Comparison(
                            figure,
                            mean(before),
                            deviation(before),
                            mean(after),
                            deviation(after),
                            lower,
                            effect));
        }
        return comparisons;
    }

    private static double[] values(List<GradientFigures> runs, String figure) {
        return runs.stream().mapToDouble(run -> run.byName().get(figure)).toArray();
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** Between seeds; NaN for fewer than two. */
    private static double deviation(double[] values) {
        double mean = mean(values);
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return values.length < 2 ? Double.NaN : Math.sqrt(squares / (values.length - 1));
    }
}
