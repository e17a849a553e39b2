package io.aktnode.actors.run;

import java.util.Map;

/**
 * What is known of one finished step. Values a role did not compute (a student that only
 * calibrates) are NaN.
 *
 * @param step from 0
 * @param epoch from 0
 * @param calibrating whether the step only moved activation ranges
 * @param generatorLosses parts, {@code total} and {@code bn_statistics} among them
 * @param studentLosses parts, {@code total} among them; {@code feature} with AKT on
 * @param generatorGradientNorm global L2
 * @param studentGradientNorm global L2
 * @param teacherAgreement share of images whose label is the teacher's top class, 0 to 1
 * @param updateRatio norm of the student's update over that of its weights
 * @param stalenessBatches generator updates between drawing a batch and training on it
 * @param seconds wall time since the previous finished step
 */
public record StepMetrics(
        long step,
        int epoch,
        boolean calibrating,
        Map<String, Double> generatorLosses,
        Map<String, Double> studentLosses,
        double generatorGradientNorm,
        double studentGradientNorm,
        double teacherAgreement,
        double updateRatio,
        int stalenessBatches,
        double seconds) {

    public StepMetrics {
        generatorLosses = Map.copyOf(generatorLosses);
        studentLosses = Map.copyOf(studentLosses);
    }
}
