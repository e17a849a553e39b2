package io.aktnode.protocol.control;

/**
 * A role's update in a step and how its gate judged it.
 *
 * @param decision what became of it
 * @param reason why it was not simply applied, with the figures; empty if it was
 * @param norm global L2 norm of the gradient; NaN if there was none
 * @param largest largest absolute element; NaN if there was none
 * @param nonFinite elements that are NaN or infinite
 * @param scale factor applied to the gradient; 0 when skipped
 * @param learningRateFactor the gate's factor on the learning rate
 * @param ratio norm of the update over that of the weights; NaN if not known
 */
public record UpdateReport(
        UpdateDecision decision,
        String reason,
        double norm,
        double largest,
        long nonFinite,
        double scale,
        double learningRateFactor,
        double ratio)
        implements CborSerializable {

    /** With the ratio that is known once the update has been applied. */
    public UpdateReport withRatio(double applied) {
        return new UpdateReport(
                decision, reason, norm, largest, nonFinite, scale, learningRateFactor, applied);
    }

    /** Of a role without an update, for a decision of {@code NONE} or {@code DISCARDED}. */
    public static UpdateReport without(UpdateDecision decision, String reason) {
        return new UpdateReport(decision, reason, Double.NaN, Double.NaN, 0, 0, 1, Double.NaN);
    }
}
