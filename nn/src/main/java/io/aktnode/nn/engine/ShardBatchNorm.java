package io.aktnode.nn.engine;

import io.aktnode.nn.kernel.ChannelVector;
import io.aktnode.nn.kernel.Kernels;
import io.aktnode.nn.kernel.Tensor;

/**
 * The batch norm of one convolution unit on one shard: with running statistics (frozen), with the
 * shard's own (training), and with the gradient of the BN-statistics loss on top.
 *
 * <p>Whatever the mode, the forward pass is {@code a·x + b} and the gradient for x is {@code a·g +
 * q·x + p}, so both stay one pass over the activation.
 */
final class ShardBatchNorm {

    private final ConvolutionParameters parameters;
    private final NetworkMode mode;
    private final int rows;
    private final ChannelVector shift;

    /** Scale and offset of the forward pass. */
    final ChannelVector a;

    final ChannelVector b;

    /** Slope and offset that the gradient gets beside {@code a·g}; null when zero. */
    private ChannelVector q;

    private ChannelVector p;
    private final ChannelVector zero;

    /** Sums over the shard's rows of {@code x - running mean} and its square. */
    final double[] sums;

    final double[] squares;

    /** dL/dβ of this shard after a backward pass with parameters. */
    final double[] betaGradient;

    /** dL/dγ of this shard after a backward pass with parameters. */
    final double[] gammaGradient;

    private final double[] batchMean;
    private final double[] batchVariance;

    /**
     * @param rows N·H·W of the shard
     */
    ShardBatchNorm(ConvolutionParameters parameters, NetworkMode mode, int rows) {
        this.parameters = parameters;
        this.mode = mode;
        this.rows = rows;
        int channels = parameters.unit.channels();
        boolean training = mode.batchNormTraining();
        this.a = training ? new ChannelVector(channels) : parameters.a;
        this.b = training ? new ChannelVector(channels) : parameters.b;
        this.q = training ? new ChannelVector(channels) : null;
        this.p = training ? new ChannelVector(channels) : null;
        this.zero = new ChannelVector(channels);
        this.shift = new ChannelVector(channels);
        this.sums = new double[channels];
        this.squares = new double[channels];
        this.betaGradient = new double[channels];
        this.gammaGradient = new double[channels];
        this.batchMean = new double[channels];
        this.batchVariance = new double[channels];
    }

    /** Sets what the BN-statistics loss adds to the gradient: {@code q·x + p}. */
    void statisticsGradient(ChannelVector slope, ChannelVector offset) {
        this.q = slope;
        this.p = offset;
    }

    /** Measures the raw convolution output where the mode needs it. */
    void observe(Tensor raw) {
        if (!mode.batchNormStatistics() && !mode.batchNormTraining()) {
            return;
        }
        for (int c = 0; c < sums.length; c++) {
            shift.set(c, parameters.mean.get(c));
        }
        Kernels.fastest().moments(raw, shift, sums, squares);
        if (mode.batchNormTraining()) {
            normaliseByShard();
        }
    }

    private void normaliseByShard() {
        for (int c = 0; c < sums.length; c++) {
            double offset = sums[c] / rows;
            batchMean[c] = parameters.mean.get(c) + offset;
            batchVariance[c] = Math.max(0, squares[c] / rows - offset * offset);
            double scale = parameters.gamma.get(c) * parameters.inverseDeviation(batchVariance[c]);
            a.set(c, (float) scale);
            b.set(c, (float) (parameters.beta.get(c) - batchMean[c] * scale));
        }
    }

    /**
     * From the gradient of the batch norm's output to that of its input.
     *
     * @param gradient only read unless it is {@code out}
     */
    void backward(Tensor gradient, Tensor raw, Tensor out, boolean withParameters) {
        if (withParameters || mode.batchNormTraining()) {
            Kernels.fastest().channelSums(gradient, raw, betaGradient, gammaGradient);
            for (int c = 0; c < betaGradient.length; c++) {
                double mean = mode.batchNormTraining() ? batchMean[c] : parameters.mean.get(c);
                double variance =
                        mode.batchNormTraining() ? batchVariance[c] : parameters.variance.get(c);
                double inverse = parameters.inverseDeviation(variance);
                gammaGradient[c] = (gammaGradient[c] - mean * betaGradient[c]) * inverse;
            }
        }
        if (mode.batchNormTraining()) {
            differentiateStatistics();
        }
        if (q == null) {
            Kernels.fastest().affine(gradient, a, zero, out);
        } else {
            Kernels.fastest().affineGradient(gradient, raw, a, q, p, out);
        }
    }

    /** dx = a·g - a/M·(dβ + x̂·dγ), since mean and variance are the shard's own. */
    private void differentiateStatistics() {
        for (int c = 0; c < sums.length; c++) {
            double perRow = a.get(c) / (double) rows;
            double inverse = parameters.inverseDeviation(batchVariance[c]);
            double slope = -perRow * inverse * gammaGradient[c];
            q.set(c, (float) slope);
            p.set(c, (float) (-perRow * betaGradient[c] - batchMean[c] * slope));
        }
    }

    double batchMean(int channel) {
        return batchMean[channel];
    }

    /** Unbiased, as PyTorch feeds it to the running variance. */
    double batchVariance(int channel) {
        return rows > 1 ? batchVariance[channel] * rows / (rows - 1) : batchVariance[channel];
    }

    int rows() {
        return rows;
    }
}
