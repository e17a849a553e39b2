package io.aktnode.actors.policy;

import java.util.Collection;

/** Median and median absolute deviation: figures that a few outliers do not move. */
final class RobustStatistics {

    /** Makes the median absolute deviation of normally distributed values their deviation. */
    private static final double NORMAL_CONSISTENCY = 1.4826;

    private RobustStatistics() {}

    /** Middle value, the mean of the two middle ones for an even count; NaN for none. */
    static double median(Collection<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int count = sorted.length;
        if (count == 0) {
            return Double.NaN;
        }
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
    }

    /** Robust estimate of the standard deviation around a centre. */
    static double deviation(Collection<Double> values, double centre) {
        return NORMAL_CONSISTENCY
                * median(values.stream().map(value -> Math.abs(value - centre)).toList());
    }
}
