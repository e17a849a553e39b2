package io.aktnode.ops.report;

import io.aktnode.actors.run.Quarantined;
import io.aktnode.nn.train.QuantizationConfig;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What one student achieved. Accuracies are in percent and absent without evaluation images.
 *
 * @param bits its widths
 * @param file its name in the run's directory
 * @param naiveTop1 of the teacher with weights and activations rounded to the same bits
 * @param top1 as it was at the end: the headline
 * @param bestTop1 best of all evaluations, chosen on the evaluation images
 * @param quarantined why it was put aside before the end, if it was
 * @param bytes as {@link ModelBytes#ofQuantized} counts
 */
public record StudentResult(
        QuantizationConfig bits,
        String file,
        OptionalDouble naiveTop1,
        OptionalDouble top1,
        OptionalDouble bestTop1,
        Optional<Quarantined> quarantined,
        long bytes) {}
