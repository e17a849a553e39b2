package io.aktnode.nn.train;

import java.util.List;

/**
 * How long a run is, which part of it calibrates, and when the learning rates fall.
 *
 * <p>Steps are counted from 0 over the whole run; step {@code s} belongs to epoch {@code s /
 * stepsPerEpoch}.
 *
 * @param epochs total epochs, calibration included
 * @param stepsPerEpoch batches in an epoch
 * @param calibrationEpochs first epochs, in which activation ranges move and the student's weights
 *     do not
 * @param decayEpochs epochs from which the learning rates are multiplied by {@code decayFactor}
 *     once more
 * @param decayFactor factor of each decay
 */
public record Schedule(
        int epochs,
        int stepsPerEpoch,
        int calibrationEpochs,
        List<Integer> decayEpochs,
        double decayFactor) {

    public Schedule {
        Checks.between("epochs", epochs, 1, 100_000);
        Checks.between("steps-per-epoch", stepsPerEpoch, 1, 1_000_000);
        Checks.between("calibration-epochs", calibrationEpochs, 0, epochs);
        Checks.positive("decay-factor", decayFactor);
        decayEpochs = List.copyOf(decayEpochs);
    }

    /** The published schedule: 4 calibration epochs, ×0.1 at epochs 100, 200 and 300. */
    public static Schedule of(int epochs, int stepsPerEpoch) {
        return new Schedule(
                epochs, stepsPerEpoch, Math.min(4, epochs), List.of(100, 200, 300), 0.1);
    }

    public long totalSteps() {
        return (long) epochs * stepsPerEpoch;
    }

    public int epochOf(long step) {
        return (int) (step / stepsPerEpoch);
    }

    public boolean endsEpoch(long step) {
        return (step + 1) % stepsPerEpoch == 0;
    }

    public boolean calibrating(long step) {
        return epochOf(step) < calibrationEpochs;
    }

    /** The factor on both learning rates at a step. */
    public double learningRateFactor(long step) {
        int epoch = epochOf(step);
        double factor = 1;
        for (int boundary : decayEpochs) {
            if (epoch >= boundary) {
                factor *= decayFactor;
            }
        }
        return factor;
    }
}
