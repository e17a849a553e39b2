package io.aktnode.actors.run;

import io.aktnode.nn.model.StateDict;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How a run ended.
 *
 * @param student final weights and activation ranges
 * @param steps finished, those of an earlier process that was resumed included
 * @param completed false when the run was cancelled before its last step
 * @param lastTop1 accuracy of the final student, when there was something to evaluate on
 * @param bestTop1 best of all evaluations, chosen on the evaluation images themselves
 * @param interventions in order
 * @param wallSeconds of this process, not of an earlier one that was resumed
 */
public record RunOutcome(
        StateDict student,
        long steps,
        boolean completed,
        OptionalDouble lastTop1,
        OptionalDouble bestTop1,
        List<Intervention> interventions,
        double wallSeconds) {

    public RunOutcome {
        interventions = List.copyOf(interventions);
    }
}
