package io.aktnode.ops.experiment;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How large and how restless a run's gradients were, after warm-up; NaN where there were none.
 *
 * @param steps that count
 * @param mean norm, arithmetic
 * @param median norm
 * @param largest norm
 * @param logDeviation standard deviation of the natural logarithm of the norm over all steps: 0.3
 *     means that most norms are within a factor of 1.35 of their geometric mean
 * @param logJump root mean square of the change of the logarithm from one step to the next: what is
 *     left of the deviation when slow trends do not count
 * @param spikes per 1000 steps: norms above three times the median of the 100 before
 * @param wouldRescale per 1000 steps: updates the supervisor would have scaled down
 * @param wouldRestore per 1000 steps: rollbacks, restarts and stops it would have ordered
 * @param nonFinite updates that were dropped because something in them was not finite
 * @param top1 accuracy at the end, percent; NaN where it was not measured
 */
public record GradientFigures(
        int steps,
        double mean,
        double median,
        double largest,
        double logDeviation,
        double logJump,
        double spikes,
        double wouldRescale,
        double wouldRestore,
        int nonFinite,
        double top1) {

    private static final int BEFORE = 100;
    private static final double SPIKE = 3;

    /**
     * @param warmUp trained steps left out
     */
    public static GradientFigures of(GradientTrace trace, long warmUp) {
        List<GradientTrace.Point> counted = trace.after(warmUp);
        double[] norms =
                counted.stream()
                        .mapToDouble(GradientTrace.Point::norm)
                        .filter(norm -> norm > 0 && norm < Double.POSITIVE_INFINITY)
                        .toArray();
        double[] logs = Arrays.stream(norms).map(Math::log).toArray();
        int steps = counted.size();
        long rescales = count(counted, List.of("would rescale"));
        long restores =
                count(
                        counted,
                        List.of(
                                "would rollback",
                                "would restart",
                                "would quarantine",
                                "would stop"));
        return new GradientFigures(
                steps,
                Arrays.stream(norms).average().orElse(Double.NaN),
                median(norms),
                Arrays.stream(norms).max().orElse(Double.NaN),
                deviation(logs),
                jump(logs),
                1000.0 * spikes(norms) / steps,
                1000.0 * rescales / steps,
                1000.0 * restores / steps,
                steps - norms.length,
                orNaN(trace.top1()));
    }

    /** By name, as the files call them. */
    public Map<String, Double> byName() {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("mean_norm", mean);
        figures.put("median_norm", median);
        figures.put("largest_norm", largest);
        figures.put("sd_log_norm", logDeviation);
        figures.put("rms_log_jump", logJump);
        figures.put("spikes_per_1000", spikes);
        figures.put("would_rescale_per_1000", wouldRescale);
        figures.put("would_restore_per_1000", wouldRestore);
        figures.put("non_finite_steps", (double) nonFinite);
        figures.put("top1_percent", top1);
        return figures;
    }

    private static long count(List<GradientTrace.Point> points, List<String> actions) {
        return points.stream()
                .flatMap(point -> point.actions().stream())
                .filter(actions::contains)
                .count();
    }

    private static double deviation(double[] values) {
        if (values.length < 2) {
            return Double.NaN;
        }
        double mean = Arrays.stream(values).sum() / values.length;
        double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
        return Math.sqrt(squares / (values.length - 1));
    }

    private static double jump(double[] values) {
        if (values.length < 2) {
            return Double.NaN;
        }
        double squares = 0;
        for (int i = 1; i < values.length; i++) {
            double change = values[i] - values[i - 1];
            squares += change * change;
        }
        return Math.sqrt(squares / (values.length - 1));
    }

    private static int spikes(double[] norms) {
        int spikes = 0;
        for (int i = BEFORE; i < norms.length; i++) {
            spikes += norms[i] > SPIKE * median(Arrays.copyOfRange(norms, i - BEFORE, i)) ? 1 : 0;
        }
        return spikes;
    }

    static double median(double[] values) {
        return quantile(values, 0.5);
    }

    /** By linear interpolation between the nearest ranks; NaN of nothing. */
    static double quantile(double[] values, double share) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double rank = share * (sorted.length - 1);
        int below = (int) rank;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
    }

    private static double orNaN(OptionalDouble value) {
        return value.orElse(Double.NaN);
    }
}
