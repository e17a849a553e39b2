package io.aktnode.nn.train;

import java.util.Map;

/**
 * Bit widths of the student.
 *
 * @param weightBits of every convolution and dense layer, per output channel, 2 to 8
 * @param activationBits of every activation after a ReLU, per tensor, 2 to 8
 * @param weightBitsByLayer overrides by layer name, such as {@code output}
 */
public record QuantizationConfig(
        int weightBits, int activationBits, Map<String, Integer> weightBitsByLayer) {

    public static final int LOWEST_BITS = 2;
    public static final int HIGHEST_BITS = 8;

    public QuantizationConfig {
        Checks.between("weight-bits", weightBits, LOWEST_BITS, HIGHEST_BITS);
        Checks.between("activation-bits", activationBits, LOWEST_BITS, HIGHEST_BITS);
        weightBitsByLayer.forEach(
                (layer, bits) ->
                        Checks.between("weight-bits of " + layer, bits, LOWEST_BITS, HIGHEST_BITS));
        weightBitsByLayer = Map.copyOf(weightBitsByLayer);
    }

    public static QuantizationConfig of(int bits) {
        return new QuantizationConfig(bits, bits, Map.of());
    }

    /** Weights and activations of another width; the layers that differ stay as they are. */
    public QuantizationConfig withBits(int bits) {
        return new QuantizationConfig(bits, bits, weightBitsByLayer);
    }

    /** Whether weights and activations can have so many bits. */
    public static boolean possible(int bits) {
        return bits >= LOWEST_BITS && bits <= HIGHEST_BITS;
    }
}
