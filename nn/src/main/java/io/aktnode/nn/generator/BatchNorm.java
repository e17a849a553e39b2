package io.aktnode.nn.generator;

import io.aktnode.nn.kernel.ChannelVector;
import io.aktnode.nn.kernel.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Training-mode batch norm over the whole batch: {@code y = γ(x - mean)/√(var + ε) + β} per
 * channel, biased variance, gradients through mean and variance.
 *
 * <p>Shards measure, this joins what they measured in shard order and in double, and answers with
 * the affine maps the shards apply. One thread, between the shards' turns.
 */
final class BatchNorm {

    private final double epsilon;
    private final double[] gamma;
    private final double[] beta;
    private final double[] mean;
    private final double[] inverse;
    private final double[] gammaGradient;
    private final double[] betaGradient;

    /** Forward: {@code y = a·x + b}. */
    final ChannelVector a;

    final ChannelVector b;

    /** Backward: {@code dx = scale·dy + slope·x + offset}. */
    final ChannelVector scale;

    final ChannelVector slope;
    final ChannelVector offset;

    BatchNorm(int channels, double epsilon) {
        this.epsilon = epsilon;
        this.gamma = new double[channels];
        this.beta = new double[channels];
        this.mean = new double[channels];
        this.inverse = new double[channels];
        this.gammaGradient = new double[channels];
        this.betaGradient = new double[channels];
        this.a = new ChannelVector(channels);
        this.b = new ChannelVector(channels);
        this.scale = new ChannelVector(channels);
        this.slope = new ChannelVector(channels);
        this.offset = new ChannelVector(channels);
        Arrays.fill(gamma, 1);
    }

    /** Without this, γ is 1 and β is 0. */
    void take(Tensor weight, Tensor bias) {
        for (int c = 0; c < gamma.length; c++) {
            gamma[c] = weight.get(c);
            beta[c] = bias.get(c);
        }
    }

    /** Joins the shards' moments and sets {@link #a} and {@link #b}. */
    void normalise(List<Moments> shards) {
        for (int c = 0; c < mean.length; c++) {
            double rows = 0;
            double centre = 0;
            double squares = 0;
            for (Moments shard : shards) {
                double difference = shard.mean(c) - centre;
                double joined = rows + shard.rows();
                squares +=
                        shard.squares(c) + difference * difference * rows * shard.rows() / joined;
                centre += difference * shard.rows() / joined;
                rows = joined;
            }
            mean[c] = centre;
            inverse[c] = 1 / Math.sqrt(squares / rows + epsilon);
            a.set(c, (float) (gamma[c] * inverse[c]));
            b.set(c, (float) (beta[c] - centre * gamma[c] * inverse[c]));
        }
    }

    /**
     * Joins the shards' sums of the output gradient and sets {@link #scale}, {@link #slope} and
     * {@link #offset}.
     */
    void differentiate(List<GradientSums> shards, int rows) {
        for (int c = 0; c < mean.length; c++) {
            double sum = 0;
            double product = 0;
            for (GradientSums shard : shards) {
                sum += shard.sums()[c];
                product += shard.products()[c];
            }
            betaGradient[c] = sum;
            gammaGradient[c] = inverse[c] * (product - mean[c] * sum);
            double factor = gamma[c] * inverse[c];
            double slopeOfX = -factor * inverse[c] * gammaGradient[c] / rows;
            scale.set(c, (float) factor);
            slope.set(c, (float) slopeOfX);
            offset.set(c, (float) (-factor * sum / rows - slopeOfX * mean[c]));
        }
    }

    void gradients(Tensor weight, Tensor bias) {
        for (int c = 0; c < gamma.length; c++) {
            weight.set(c, (float) gammaGradient[c]);
            bias.set(c, (float) betaGradient[c]);
        }
    }
}
