package io.aktnode.actors.run;

import java.util.Map;

/**
 * What is known of one student's step; not computed values are NaN.
 *
 * @param losses parts, {@code total} among them; {@code feature} with AKT on; empty while
 *     calibrating
 * @param gradientNorm global L2
 * @param updateRatio norm of the update over that of the weights
 */
public record StudentStep(Map<String, Double> losses, double gradientNorm, double updateRatio) {

    public StudentStep {
        losses = Map.copyOf(losses);
    }

    /** Of a student that has not reported. */
    public static StudentStep unknown() {
        return new StudentStep(Map.of(), Double.NaN, Double.NaN);
    }
}
