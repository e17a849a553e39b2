package io.aktnode.ops.bench;

import java.util.Arrays;

/**
 * What is said of a sample of measurements, in their unit; NaN when there were none.
 *
 * @param count measurements
 * @param mean arithmetic
 * @param median the middle one, or the mean of the two in the middle
 * @param p95 the smallest that is no less than 95 % of all
 * @param p99 likewise
 */
public record Quantiles(int count, double mean, double median, double p95, double p99) {

    /**
     * @param values in any order; only read
     */
    public static Quantiles of(double... values) {
        int count = values.length;
        if (count == 0) {
            return new Quantiles(0, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
        return new Quantiles(
                count,
                Arrays.stream(sorted).sum() / count,
                median,
                nearestRank(sorted, 95),
                nearestRank(sorted, 99));
    }

    private static double nearestRank(double[] sorted, int percent) {
        // In whole numbers: 0.95·20 is more than 19 in floating point.
        int rank = (sorted.length * percent + 99) / 100;
        return sorted[rank - 1];
    }
}
