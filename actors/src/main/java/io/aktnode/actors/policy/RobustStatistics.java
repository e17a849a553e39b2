package io.aktnode.actors.policy;

import java.util.Arrays;
import java.util.Collection;

/** Median and median absolute deviation: figures that a few outliers do not move. */
final class RobustStatistics {

    /** Makes the median absolute deviation of normally distributed values their deviation. */
    private static final double NORMAL_CONSISTENCY = 1.4826;

    private RobustStatistics() {}

    /** Middle value, the mean of the two middle ones for an even count; NaN for none. */
    static double median(Collection<Double> values) {
        return middle(copy(values));
    }

    /** Robust estimate of the standard deviation around a centre. */
    static double deviation(Collection<Double> values, double centre) {
        double[] distances = copy(values);
        for (int i = 0; i < distances.length; i++) {
            distances[i] = Math.abs(distances[i] - centre);
        }
        return NORMAL_CONSISTENCY * middle(distances);
    }

    /** A plain loop: every step takes some ten medians, and streams cost several times as much. */
    private static double[] copy(Collection<Double> values) {
        double[] copy = new double[values.size()];
        int i = 0;
        for (double value : values) {
            copy[i++] = value;
        }
        return copy;
    }

    /** The median; sorts what it is given. */
    private static double middle(double[] values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        Arrays.sort(values);
        return (values[(values.length - 1) / 2] + values[values.length / 2]) / 2;
    }
}
