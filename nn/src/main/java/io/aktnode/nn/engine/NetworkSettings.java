package io.aktnode.nn.engine;

import io.aktnode.nn.train.QuantizationConfig;
import java.util.Optional;

/**
 * How a network is compiled.
 *
 * @param size height and width of its RGB images
 * @param batchSize images in every batch
 * @param shards parts of a batch; results depend on it in the last bits, on threads they do not
 * @param mode what is asked of the network
 * @param quantization empty for full precision
 */
public record NetworkSettings(
        int size,
        int batchSize,
        int shards,
        NetworkMode mode,
        Optional<QuantizationConfig> quantization) {

    public NetworkSettings {
        if (shards < 1 || shards > batchSize) {
            throw new IllegalArgumentException(
                    "shards=" + shards + " must be between 1 and the batch size " + batchSize);
        }
    }
}
