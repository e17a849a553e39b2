package io.aktnode.nn.quantizer;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.kernel.UniformQuantizer;

/**
 * Per-output-channel fake quantization of weights; each channel's range is its current minimum and
 * maximum.
 *
 * <p>Source: ARCHITECTURE "Quantizer"; numbers: {@code quantizers.npz}. Stateless, any thread.
 */
public final class WeightQuantizer {

    private WeightQuantizer() {}

    /**
     * @param weights (out,…) float32, only read
     * @param bits 2 to 8
     * @param quantized same shape, overwritten
     */
    public static void quantize(Tensor weights, int bits, Tensor quantized) {
        int outChannels = weights.extent(0);
        int each = weights.length() / outChannels;
        for (int channel = 0; channel < outChannels; channel++) {
            UniformQuantizer quantizer = quantizer(weights, bits, channel);
            for (int i = channel * each; i < (channel + 1) * each; i++) {
                quantized.set(i, quantizer.apply(weights.get(i)));
            }
        }
    }

    /** The quantizer of one output channel as the weights are now. */
    public static UniformQuantizer quantizer(Tensor weights, int bits, int channel) {
        int each = weights.length() / weights.extent(0);
        float lo = Float.POSITIVE_INFINITY;
        float hi = Float.NEGATIVE_INFINITY;
        for (int i = channel * each; i < (channel + 1) * each; i++) {
            lo = Math.min(lo, weights.get(i));
            hi = Math.max(hi, weights.get(i));
        }
        return UniformQuantizer.of(bits, lo, hi);
    }
}
