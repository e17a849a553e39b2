package io.aktnode.protocol.control;

import io.aktnode.protocol.frame.RoleId;
import java.util.Map;

/**
 * What a role tells the supervisor of a step it has finished.
 *
 * @param losses named parts, {@code total} among them where the role has a loss
 * @param measures other figures by name: {@code teacher_agreement} (0 to 1), {@code image_spread}
 *     (mean standard deviation of a pixel over the batch), {@code staleness} (generator updates
 *     between drawing a batch and training on it), {@code skipped_batches}
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

    public static final String TEACHER_AGREEMENT = "teacher_agreement";
    public static final String IMAGE_SPREAD = "image_spread";
    public static final String STALENESS = "staleness";
    public static final String SKIPPED_BATCHES = "skipped_batches";

    public StepReport {
        losses = Map.copyOf(losses);
        measures = Map.copyOf(measures);
    }
}
