package io.aktnode.protocol.control;

import io.aktnode.protocol.frame.RoleId;
import java.util.Map;

/**
 * What a role tells the supervisor of a step it has finished.
 *
 * @param losses named parts, {@code total} among them where the role has a loss
 * @param measures other figures, by the names below
 * @param computeSeconds time the role's thread worked on the step
 * @param waitSeconds time from the step's first to its last work, in which it did not
 */
public record StepReport(
        RoleId role,
        int incarnation,
        long step,
        Map<String, Double> losses,
        Map<String, Double> measures,
        UpdateReport update,
        double computeSeconds,
        double waitSeconds)
        implements SupervisorProtocol.Request {

    /** Share of images whose label is the teacher's top class, 0 to 1. */
    public static final String TEACHER_AGREEMENT = "teacher_agreement";

    /** Mean standard deviation of a pixel over the batch. */
    public static final String IMAGE_SPREAD = "image_spread";

    /** The same of the class that varies least; NaN if no two images were of one. */
    public static final String CLASS_SPREAD = "class_spread";

    /** How far activations reach before they are quantized, over the upper end of their range. */
    public static final String ACTIVATION_REACH = "activation_reach";

    /** The gradient norm above which the role's gate saw a spike; infinite while not known. */
    public static final String NORM_LIMIT = "norm_limit";

    /** Generator updates between drawing a batch and training on it. */
    public static final String STALENESS = "staleness";

    /** Batches that were left out since the incarnation began. */
    public static final String SKIPPED_BATCHES = "skipped_batches";

    public StepReport {
        losses = Map.copyOf(losses);
        measures = Map.copyOf(measures);
    }
}
