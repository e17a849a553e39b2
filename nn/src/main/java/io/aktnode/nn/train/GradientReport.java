package io.aktnode.nn.train;

import java.util.Map;

/**
 * What a role knows about a step before its update is applied.
 *
 * @param losses named parts, {@code total} among them
 * @param norm global L2 norm of all parameter gradients; not finite when any element is not
 * @param largest largest absolute element
 * @param nonFinite number of elements that are NaN or infinite
 * @param updateRatio norm of the change this gradient makes on its own, at the optimizer's full
 *     learning rate, over that of the weights; NaN where the change does not grow with the gradient
 */
public record GradientReport(
        Map<String, Double> losses,
        double norm,
        double largest,
        long nonFinite,
        double updateRatio) {

    public GradientReport {
        losses = Map.copyOf(losses);
    }

    /** Of an optimizer whose changes do not grow with the gradient. */
    public GradientReport(Map<String, Double> losses, double norm, double largest, long nonFinite) {
        this(losses, norm, largest, nonFinite, Double.NaN);
    }

    /** Whether the update may be applied at all: gradients and losses are finite. */
    public boolean finite() {
        return nonFinite == 0
                && Double.isFinite(norm)
                && losses.values().stream().allMatch(Double::isFinite);
    }
}
