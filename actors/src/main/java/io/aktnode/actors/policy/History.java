package io.aktnode.actors.policy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The last values of a figure, cut into a recent part and the reference before it, so that a figure
 * is only ever compared with its own past. One thread.
 */
final class History {

    private final int referenceSize;
    private final int minimum;
    private final int recentSize;
    private final ArrayDeque<Double> reference = new ArrayDeque<>();
    private final ArrayDeque<Double> recent = new ArrayDeque<>();

    /**
     * @param minimum values in the reference below which it says nothing
     */
    History(int referenceSize, int minimum, int recentSize) {
        this.referenceSize = referenceSize;
        this.minimum = minimum;
        this.recentSize = recentSize;
    }

    /** Takes a value in; values that are not finite are other detectors' business. */
    void add(double value) {
        if (!Double.isFinite(value)) {
            return;
        }
        recent.addLast(value);
        if (recent.size() > recentSize) {
            reference.addLast(recent.removeFirst());
        }
        if (reference.size() > referenceSize) {
            reference.removeFirst();
        }
    }

    /** Whether both parts say something: then the recent one is full, too. */
    boolean ready() {
        return reference.size() >= minimum;
    }

    double recentMedian() {
        return RobustStatistics.median(recent);
    }

    double recentMean() {
        return mean(recent);
    }

    double referenceMedian() {
        return RobustStatistics.median(reference);
    }

    double referenceMean() {
        return mean(reference);
    }

    /** Robust, around the reference's median. */
    double referenceDeviation(double median) {
        return RobustStatistics.deviation(reference, median);
    }

    double referenceStandardDeviation() {
        double mean = referenceMean();
        return Math.sqrt(
                reference.stream()
                        .mapToDouble(value -> (value - mean) * (value - mean))
                        .average()
                        .orElse(Double.NaN));
    }

    /** Both parts, oldest first. */
    List<Double> values() {
        List<Double> all = new ArrayList<>(reference);
        all.addAll(recent);
        return all;
    }

    private static double mean(Collection<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }
}
