package io.aktnode.actors.run;

import java.util.List;
import java.util.Map;

/**
 * What is known of one finished step. Values a role did not compute (a student that only
 * calibrates) are NaN.
 *
 * @param step from 0
 * @param epoch from 0
 * @param calibrating whether the step only moved activation ranges
 * @param generatorLosses parts, {@code total} and {@code bn_statistics} among them
 * @param generatorGradientNorm global L2
 * @param generatorUpdateRatio norm of its update over that of its weights
 * @param generatorMeasures other figures, by the names in {@link
 *     io.aktnode.protocol.control.StepReport}; empty if it has not reported
 * @param teacherAgreement share of images whose label is the teacher's top class, 0 to 1
 * @param stalenessBatches generator updates between drawing a batch and training on it
 * @param students by id
 * @param seconds wall time since the previous finished step
 */
public record StepMetrics(
        long step,
        int epoch,
        boolean calibrating,
        Map<String, Double> generatorLosses,
        double generatorGradientNorm,
        double generatorUpdateRatio,
        Map<String, Double> generatorMeasures,
        double teacherAgreement,
        int stalenessBatches,
        List<StudentStep> students,
        double seconds) {

    public StepMetrics {
        generatorLosses = Map.copyOf(generatorLosses);
        generatorMeasures = Map.copyOf(generatorMeasures);
        students = List.copyOf(students);
    }

    /** Of the first student. */
    public Map<String, Double> studentLosses() {
        return students.get(0).losses();
    }

    /** Of the first student. */
    public double studentGradientNorm() {
        return students.get(0).gradientNorm();
    }

    /** Of the first student. */
    public double updateRatio() {
        return students.get(0).updateRatio();
    }
}
