package io.aktnode.nn.generator;

import io.aktnode.nn.kernel.ChannelVector;
import io.aktnode.nn.kernel.Tensor;

/**
 * Mean and summed squared deviation per channel of one shard, measured in one pass around an
 * estimate of the mean: without it, a mean far from zero would swallow a small variance in float32.
 */
final class Moments {

    private final int rows;
    private final ChannelVector shift;
    private final double[] sums;
    private final double[] squares;

    Moments(int channels, int rows) {
        this.rows = rows;
        this.shift = new ChannelVector(channels);
        this.sums = new double[channels];
        this.squares = new double[channels];
    }

    /**
     * Takes the mean of {@code count} rows as the estimate, the first at 0, {@code stride} apart.
     */
    void estimate(Tensor x, int stride, int count) {
        for (int c = 0; c < sums.length; c++) {
            float sum = 0;
            for (int row = 0; row < count; row++) {
                sum += x.get(row * stride + c);
            }
            shift.set(c, sum / count);
        }
    }

    int rows() {
        return rows;
    }

    ChannelVector shift() {
        return shift;
    }

    /** {@code Σ (x-shift)}, to be filled by a kernel. */
    double[] sums() {
        return sums;
    }

    /** {@code Σ (x-shift)²}, to be filled by a kernel. */
    double[] squares() {
        return squares;
    }

    double mean(int c) {
        return shift.get(c) + sums[c] / rows;
    }

    /** {@code Σ (x-mean)²}; rounding must not make it negative. */
    double squares(int c) {
        return Math.max(0, squares[c] - sums[c] * sums[c] / rows);
    }
}
