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

    public QuantizationConfig {
        Checks.between("weight-bits", weightBits, 2, 8);
        Checks.between("activation-bits", activationBits, 2, 8);
        weightBitsByLayer.forEach(
                (layer, bits) -> Checks.between("weight-bits of " + layer, bits, 2, 8));
        weightBitsByLayer = Map.copyOf(weightBitsByLayer);
    }

    public static QuantizationConfig of(int bits) {
        return new QuantizationConfig(bits, bits, Map.of());
    }
}
