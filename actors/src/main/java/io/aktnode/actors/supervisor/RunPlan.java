package io.aktnode.actors.supervisor;

import io.aktnode.nn.train.Schedule;

/**
 * At which steps all roles stop for a moment, and what for. Steps are counted as finished: the
 * barrier at 400 is between step 399 and step 400.
 *
 * @param checkpointEverySteps a checkpoint after every so many, and at the end
 * @param evaluating whether there is anything to evaluate on
 * @param evaluateEveryEpochs epochs between evaluations; the first is when calibration has ended,
 *     the last at the end
 */
public record RunPlan(
        Schedule schedule, int checkpointEverySteps, boolean evaluating, int evaluateEveryEpochs) {

    /** The first barrier after {@code step} finished steps. */
    long nextBarrier(long step) {
        long next = Math.min(schedule.totalSteps(), nextMultiple(step, checkpointEverySteps));
        if (evaluating) {
            long epochEnd = nextMultiple(step, schedule.stepsPerEpoch());
            while (epochEnd < next && !evaluateAt(epochEnd)) {
                epochEnd += schedule.stepsPerEpoch();
            }
            next = Math.min(next, epochEnd);
        }
        return next;
    }

    private static long nextMultiple(long step, int of) {
        return (step / of + 1) * of;
    }

    boolean checkpointAt(long step) {
        return step % checkpointEverySteps == 0 || step == schedule.totalSteps();
    }

    boolean evaluateAt(long step) {
        if (!evaluating || step == 0 || step % schedule.stepsPerEpoch() != 0) {
            return false;
        }
        int epochs = epochs(step);
        int trained = epochs - schedule.calibrationEpochs();
        return step == schedule.totalSteps() || trained >= 0 && trained % evaluateEveryEpochs == 0;
    }

    /** Epochs finished after so many steps. */
    int epochs(long step) {
        return (int) (step / schedule.stepsPerEpoch());
    }
}
