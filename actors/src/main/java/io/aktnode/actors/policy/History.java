package io.aktnode.actors.policy;

import java.util.ArrayDeque;
import java.util.Collection;

/**
 * The last values of a figure, cut into a recent part and the reference before it, so that a figure
 * is only ever compared with its own past. One thread.
 */
final class History {

    private final int referenceSize;
    private final int recentSize;
    private final ArrayDeque<Double> reference = new ArrayDeque<>();
    private final ArrayDeque<Double> recent = new ArrayDeque<>();

    History(int referenceSize, int recentSize) {
        this.referenceSize = referenceSize;
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

    /** Whether both parts say something: the recent one is full, the reference at least half. */
    boolean ready() {
        return recent.size() == recentSize && reference.size() * 2 >= referenceSize;
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

    double referenceDeviation() {
        return RobustStatistics.deviation(reference, referenceMedian());
    }

    private static double mean(Collection<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }
}
