package io.aktnode.actors.run;

import java.util.Map;

/**
 * What is known of one student's step; not computed values are NaN.
 *
 * @param losses parts, {@code total} among them; {@code feature} with AKT on; empty while
 *     calibrating
 * @param gradientNorm global L2
 * @param updateRatio norm of the update over that of the weights
 * @param measures other figures, by the names in {@link io.aktnode.protocol.control.StepReport}
 */
public record StudentStep(
        Map<String, Double> losses,
        double gradientNorm,
        double updateRatio,
        Map<String, Double> measures) {

    public StudentStep {
        losses = Map.copyOf(losses);
        measures = Map.copyOf(measures);
    }

    /** Of a student that has not reported. */
    public static StudentStep unknown() {
        return new StudentStep(Map.of(), Double.NaN, Double.NaN, Map.of());
    }
}
