package io.aktnode.actors.policy;

/**
 * How far a figure may leave its own past. Only accepted steps count: the last {@code recent}
 * values are compared with the {@code reference} before them, and a single one that leaps is seen
 * at once.
 *
 * @param reference values a past holds at most
 * @param minimum values it must hold before anything is judged
 * @param recent values that are compared with it
 * @param driftDeviations robust deviations above its past that a drifting loss is, at least
 * @param driftMultiple how many times as far from zero it is, at least
 * @param leastSpread share of its past below which images have stopped varying
 * @param leastAgreement share of its past below which the teacher no longer agrees with the labels
 * @param agreementDeviations standard errors the agreement has fallen by, at least
 * @param rangeMultiple multiple of its past above which activations have left their ranges
 * @param leapMinimum values that must be known before a single one is compared with them
 * @param leapMultiple multiple of its past above which an update has upset the weights, and
 *     fraction of its past below which images vary no longer
 * @param largestGeneratorUpdate the same as a share of the weights' norm, from the first update on
 * @param largestStudentUpdate the same of a student, which does not bear as much
 */
public record DetectorPolicy(
        int reference,
        int minimum,
        int recent,
        double driftDeviations,
        double driftMultiple,
        double leastSpread,
        double leastAgreement,
        double agreementDeviations,
        double rangeMultiple,
        int leapMinimum,
        double leapMultiple,
        double largestGeneratorUpdate,
        double largestStudentUpdate) {

    public DetectorPolicy {
        if (recent < 1 || minimum < 2 || reference < minimum) {
            throw new IllegalArgumentException(
                    "recent="
                            + recent
                            + " must be 1 or more, minimum="
                            + minimum
                            + " 2 or more, reference="
                            + reference
                            + " not below it");
        }
        if (!(driftDeviations > 0) || !(agreementDeviations > 0)) {
            throw new IllegalArgumentException(
                    "drift-deviations="
                            + driftDeviations
                            + " and agreement-deviations="
                            + agreementDeviations
                            + " must be greater than 0");
        }
        if (!(driftMultiple > 1) || !(rangeMultiple > 1)) {
            throw new IllegalArgumentException(
                    "drift-multiple="
                            + driftMultiple
                            + " and range-multiple="
                            + rangeMultiple
                            + " must be greater than 1");
        }
        if (leapMinimum < 1
                || !(leapMultiple > 1)
                || !(largestGeneratorUpdate > 0)
                || !(largestStudentUpdate > 0)) {
            throw new IllegalArgumentException(
                    "leap-minimum="
                            + leapMinimum
                            + " must be 1 or more, leap-multiple="
                            + leapMultiple
                            + " greater than 1, largest-generator-update="
                            + largestGeneratorUpdate
                            + " and largest-student-update="
                            + largestStudentUpdate
                            + " greater than 0");
        }
        if (!(leastSpread >= 0 && leastSpread < 1)
                || !(leastAgreement >= 0 && leastAgreement < 1)) {
            throw new IllegalArgumentException(
                    "least-spread="
                            + leastSpread
                            + " and least-agreement="
                            + leastAgreement
                            + " must be from 0 to below 1");
        }
    }

    /** Losses of adversaries rise and fall on the way to a good student: only what is far out. */
    public static DetectorPolicy defaults() {
        return new DetectorPolicy(200, 50, 25, 20, 2, 0.1, 0.5, 6, 4, 5, 100, 0.5, 0.02);
    }
}
