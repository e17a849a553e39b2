package io.aktnode.nn.kernel;

import java.util.Arrays;

/**
 * Weights of a 3×3 convolution over an upsampled image, as the 2×2 weights of the four phases of
 * {@link PhaseShape}, and back.
 *
 * <p>Of the three rows of a 3×3 kernel, an even output row meets its upper source row with the
 * first and its lower one with the second and third together; an odd one with the first and second,
 * and with the third. Columns alike. Where two meet the same pixel their weights add up.
 */
public final class SubPixelWeights {

    private static final int PHASES = 4;

    /** Where each of the nine weights goes, for each phase. */
    private static final int[][] INDEX = new int[PHASES][9];

    static {
        for (int phase = 0; phase < PHASES; phase++) {
            for (int k = 0; k < 9; k++) {
                INDEX[phase][k] = 2 * tap(phase >> 1, k / 3) + tap(phase & 1, k % 3);
            }
        }
    }

    private SubPixelWeights() {}

    /** Uninitialised (4·out,in,2,2). */
    public static Tensor allocate(int outChannels, int inChannels) {
        return Tensor.allocate(PHASES * outChannels, inChannels, 2, 2);
    }

    /** The 2×2 row (or column) that row {@code k} of three falls on, in phase {@code a}. */
    private static int tap(int a, int k) {
        return (k + 1 - a) >> 1;
    }

    /**
     * @param weights (out,in,3,3)
     * @param merged (4·out,in,2,2), overwritten for output channels {@code from} to {@code to}
     *     (exclusive)
     */
    public static void merge(Tensor weights, Tensor merged, int from, int to) {
        int out = weights.extent(0);
        int in = weights.extent(1);
        float[] sums = new float[4];
        for (int phase = 0; phase < PHASES; phase++) {
            for (int o = from; o < to; o++) {
                int target = (phase * out + o) * in * 4;
                for (int source = o * in * 9; source < (o + 1) * in * 9; source += 9) {
                    Arrays.fill(sums, 0);
                    for (int k = 0; k < 9; k++) {
                        sums[INDEX[phase][k]] += weights.get(source + k);
                    }
                    for (int k = 0; k < 4; k++) {
                        merged.set(target++, sums[k]);
                    }
                }
            }
        }
    }

    /**
     * The gradient for the 3×3 weights from that for the merged ones.
     *
     * @param merged (4·out,in,2,2)
     * @param weights (out,in,3,3), overwritten for output channels {@code from} to {@code to}
     *     (exclusive)
     */
    public static void split(Tensor merged, Tensor weights, int from, int to) {
        int out = weights.extent(0);
        int in = weights.extent(1);
        for (int o = from; o < to; o++) {
            for (int i = 0; i < in; i++) {
                int target = (o * in + i) * 9;
                for (int k = 0; k < 9; k++) {
                    float sum = 0;
                    for (int phase = 0; phase < PHASES; phase++) {
                        int source = ((phase * out + o) * in + i) * 4;
                        sum += merged.get(source + INDEX[phase][k]);
                    }
                    weights.set(target + k, sum);
                }
            }
        }
    }
}
