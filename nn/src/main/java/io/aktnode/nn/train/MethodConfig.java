package io.aktnode.nn.train;

/**
 * Base method, and whether AKT's refined feature distillation is added to the student's loss.
 *
 * @param base the losses of generator and student
 * @param akt {@code L_student = L_method + L_RFD} when true, {@code L_method} when false
 * @param aktTemperature τ of the attention softmax
 * @param aktWeight λ; the divergence is summed over the batch, so it scales with the batch size
 */
public record MethodConfig(BaseMethod base, boolean akt, double aktTemperature, double aktWeight) {

    public MethodConfig {
        Checks.positive("akt-temperature", aktTemperature);
        Checks.notNegative("akt-weight", aktWeight);
    }

    public static MethodConfig of(BaseMethod base, boolean akt) {
        return new MethodConfig(base, akt, 8.0, 1000.0);
    }
}
