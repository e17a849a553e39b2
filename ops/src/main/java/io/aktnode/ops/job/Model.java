package io.aktnode.ops.job;

import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.zoo.Architecture;
import java.util.Optional;

/**
 * A classifier as it stands in a file, with all that is needed to run it.
 *
 * @param name of the file, for people
 * @param weights with the architecture's names and shapes; of a quantized model also its activation
 *     ranges
 * @param normalization of its input images
 * @param quantization empty for full precision
 */
public record Model(
        String name,
        StateDict weights,
        Architecture architecture,
        Normalization normalization,
        Optional<QuantizationConfig> quantization) {}
