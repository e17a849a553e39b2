package io.aktnode.actors.policy;

/**
 * When a gradient counts as a spike. Multiples are of the median norm of the last accepted steps.
 *
 * <p>A student's healthy norm is about 10 and reaches 75 in the first trained epoch; a generator's
 * falls from 5,000 to 100, and around an untrained teacher it jumps to 11 medians now and then.
 * Multiples below 20 would clip healthy steps.
 *
 * @param window accepted norms that are remembered
 * @param minimum accepted norms without which nothing is judged but finiteness
 * @param warmup accepted norms from which the robust z-score is trusted
 * @param zScore how many robust deviations of the log norm a spike is above the median, at least
 * @param spikeMultiple how many medians it is, at least, for the z-score to count
 * @param instantMultiple how many medians are a spike whatever the z-score
 * @param warmupMultiple the same during warm-up
 * @param largestUpdate share of the weights' norm by which a gradient may change them, from the
 *     first step on; ignored where the change does not grow with the gradient
 * @param patience clips in a row after which the norm clipped to is doubled with each further one,
 *     so that a lasting change is followed, slowly
 * @param learningRateCut factor on the learning rate at each clip
 * @param learningRateFloor least factor
 * @param learningRateRecovery factor on the learning rate at each accepted step, up to 1
 * @param dryRun whether spikes are only reported and applied as they are; what is not finite is
 *     dropped all the same, because one such update ends all learning
 */
public record GatePolicy(
        int window,
        int minimum,
        int warmup,
        double zScore,
        double spikeMultiple,
        double instantMultiple,
        double warmupMultiple,
        double largestUpdate,
        int patience,
        double learningRateCut,
        double learningRateFloor,
        double learningRateRecovery,
        boolean dryRun) {

    public GatePolicy {
        if (minimum < 1 || warmup < minimum || window < warmup) {
            throw new IllegalArgumentException(
                    "minimum="
                            + minimum
                            + " warmup="
                            + warmup
                            + " window="
                            + window
                            + " must be 1 or more and not fall");
        }
        if (!(spikeMultiple > 1) || !(instantMultiple > 1) || !(warmupMultiple > 1)) {
            throw new IllegalArgumentException(
                    "spike-multiple="
                            + spikeMultiple
                            + " instant-multiple="
                            + instantMultiple
                            + " warmup-multiple="
                            + warmupMultiple
                            + " must be greater than 1");
        }
        if (!(largestUpdate > 0)) {
            throw new IllegalArgumentException(
                    "largest-update=" + largestUpdate + " must be greater than 0");
        }
        if (!(zScore > 0) || patience < 1) {
            throw new IllegalArgumentException(
                    "z-score=" + zScore + " and patience=" + patience + " must be greater than 0");
        }
        if (!(learningRateFloor > 0)
                || !(learningRateCut >= learningRateFloor && learningRateCut <= 1)
                || !(learningRateRecovery >= 1)) {
            throw new IllegalArgumentException(
                    "learning-rate-floor="
                            + learningRateFloor
                            + " learning-rate-cut="
                            + learningRateCut
                            + " must be above 0, rise and be at most 1; learning-rate-recovery="
                            + learningRateRecovery
                            + " must be 1 or more");
        }
    }

    /**
     * Catches a gradient a thousand times too large from the sixth step on, one that would upset
     * the weights from the first, and little else.
     */
    public static GatePolicy defaults() {
        return new GatePolicy(128, 5, 32, 8, 20, 75, 150, 0.01, 5, 0.5, 0.1, 1.02, false);
    }

    public GatePolicy withDryRun(boolean only) {
        return new GatePolicy(
                window,
                minimum,
                warmup,
                zScore,
                spikeMultiple,
                instantMultiple,
                warmupMultiple,
                largestUpdate,
                patience,
                learningRateCut,
                learningRateFloor,
                learningRateRecovery,
                only);
    }
}
