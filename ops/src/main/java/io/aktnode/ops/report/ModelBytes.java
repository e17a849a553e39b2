package io.aktnode.ops.report;

import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.QuantizationConfig;
import java.util.Map;

/**
 * How large a network is when each of its numbers takes no more room than it needs.
 *
 * <p>Float: 4 bytes for every parameter and batch-norm statistic. Quantized at k bits: every
 * convolution and dense weight packed at k bits, each tensor rounded up to a byte, with two float32
 * (scale and zero point, or low and high) for each output channel; batch norm and biases float32;
 * two float32 for each quantized activation tensor. File headers are not counted.
 */
public final class ModelBytes {

    private static final int CHANNEL_RANGE_BYTES = 2 * Float.BYTES;

    private ModelBytes() {}

    /** Bytes of the float network. */
    public static long ofFloat(StateDict network) {
        return network.arrays().values().stream()
                .mapToLong(array -> (long) array.values().length * Float.BYTES)
                .sum();
    }

    /**
     * Bytes of the network stored at its bit widths.
     *
     * @param network weights under the names they have in a model file
     * @param activationRanges quantized activation tensors
     */
    public static long ofQuantized(
            StateDict network, QuantizationConfig quantization, int activationRanges) {
        long bytes = (long) activationRanges * CHANNEL_RANGE_BYTES;
        for (Map.Entry<String, FloatArray> entry : network.arrays().entrySet()) {
            FloatArray array = entry.getValue();
            long count = array.values().length;
            if (array.shape().length < 2) {
                bytes += count * Float.BYTES;
            } else {
                int bits = bitsOf(entry.getKey(), quantization);
                bytes += (count * bits + 7) / 8 + (long) array.shape()[0] * CHANNEL_RANGE_BYTES;
            }
        }
        return bytes;
    }

    private static int bitsOf(String tensor, QuantizationConfig quantization) {
        String layer = tensor.replaceFirst("\\.weight$", "");
        return quantization.weightBitsByLayer().getOrDefault(layer, quantization.weightBits());
    }
}
