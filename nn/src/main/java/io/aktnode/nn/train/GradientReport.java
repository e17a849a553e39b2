package io.aktnode.nn.train;

import java.util.Map;

/**
 * What a role knows about a step before its update is applied.
 *
 * @param losses named parts, {@code total} among them
 * @param norm global L2 norm of all parameter gradients; not finite when any element is not
 * @param largest largest absolute element
 * @param nonFinite number of elements that are NaN or infinite
 */
public record GradientReport(
        Map<String, Double> losses, double norm, double largest, long nonFinite) {

    public GradientReport {
        losses = Map.copyOf(losses);
    }

    /** Whether the update may be applied at all: gradients and losses are finite. */
    public boolean finite() {
        return nonFinite == 0
                && Double.isFinite(norm)
                && losses.values().stream().allMatch(Double::isFinite);
    }
}
