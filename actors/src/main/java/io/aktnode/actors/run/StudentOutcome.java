package io.aktnode.actors.run;

import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.QuantizationConfig;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One student at the end of a run.
 *
 * @param student its id
 * @param quantization its bit widths
 * @param state final weights and activation ranges; of one that was put aside the last healthy ones
 * @param lastTop1 accuracy of that state, when there was something to evaluate on
 * @param bestTop1 best of all evaluations, chosen on the evaluation images themselves
 * @param quarantined why it was put aside before the end, if it was
 */
public record StudentOutcome(
        int student,
        QuantizationConfig quantization,
        StateDict state,
        OptionalDouble lastTop1,
        OptionalDouble bestTop1,
        Optional<Quarantined> quarantined) {}
