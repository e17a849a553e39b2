package io.aktnode.nn.kernel;

/**
 * The asymmetric uniform quantizer of ARCHITECTURE "Quantizer", for one range.
 *
 * <p>{@code s = (2^k-1)/max(hi-lo,1e-8)}, {@code z = round(s·lo) + 2^(k-1)}, {@code q =
 * clamp(round(s·x - z), -2^(k-1), 2^(k-1)-1)}, {@code Q(x) = (q+z)/s}; rounds half to even, in
 * float32 as PyTorch.
 *
 * @param scale s
 * @param zero z
 * @param lowest smallest q
 * @param highest largest q
 */
public record UniformQuantizer(float scale, float zero, float lowest, float highest) {

    private static final float NARROWEST_RANGE = 1e-8f;

    /** The quantizer of {@code bits} bits whose levels span {@code [lo, hi]}. */
    public static UniformQuantizer of(int bits, float lo, float hi) {
        if (bits < 2 || bits > 8) {
            throw new IllegalArgumentException("bits=" + bits + " must be between 2 and 8");
        }
        float half = 1 << (bits - 1);
        float scale = ((1 << bits) - 1) / Math.max(hi - lo, NARROWEST_RANGE);
        float zero = (float) Math.rint(scale * lo) + half;
        return new UniformQuantizer(scale, zero, -half, half - 1);
    }

    /** The integer level of a value, {@code lowest} to {@code highest}; NaN stays NaN. */
    public float level(float value) {
        return (float) Math.rint(Math.min(Math.max(scale * value - zero, lowest), highest));
    }

    /** {@code Q(x)}: the value after a round trip through k bits. */
    public float apply(float value) {
        return (level(value) + zero) * step();
    }

    /**
     * Distance between levels, {@code 1/s}; multiplying by it instead of dividing by s costs at
     * most one unit in the last place, saves SIMD's slowest instruction, and is how integer
     * runtimes dequantize.
     */
    public float step() {
        return 1 / scale;
    }
}
