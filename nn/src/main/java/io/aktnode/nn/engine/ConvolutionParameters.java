package io.aktnode.nn.engine;

import io.aktnode.nn.engine.PlanNode.ConvolutionUnit;
import io.aktnode.nn.kernel.ChannelVector;
import io.aktnode.nn.kernel.ConvolutionWeights;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.quantizer.WeightQuantizer;

/**
 * Parameters of one convolution unit and what is derived from them once per update: quantized
 * weights in the orders the convolutions read them, and the batch norm as {@code a·x + b} with
 * {@code a = γ/√(σ²+ε)}, {@code b = β - μ·a}. Shared by the shards, which only read.
 */
final class ConvolutionParameters implements AutoCloseable {

    static final int FULL_PRECISION = 0;

    final ConvolutionUnit unit;
    final int weightBits;
    final Tensor weight;
    final Tensor gamma;
    final Tensor beta;
    final Tensor mean;
    final Tensor variance;

    /** What the convolution multiplies with: the quantized weights, or the weights themselves. */
    final Tensor effective;

    /** {@link #effective} as the convolutions of all shards read it. */
    final ConvolutionWeights convolved;

    final ChannelVector a;
    final ChannelVector b;

    ConvolutionParameters(ConvolutionUnit unit, int weightBits) {
        this.unit = unit;
        this.weightBits = weightBits;
        int channels = unit.channels();
        this.weight = Tensor.allocate(unit.shape().weightShape());
        this.gamma = Tensor.allocate(channels);
        this.beta = Tensor.allocate(channels);
        this.mean = Tensor.allocate(channels);
        this.variance = Tensor.allocate(channels);
        this.effective =
                weightBits == FULL_PRECISION ? weight : Tensor.allocate(unit.shape().weightShape());
        this.convolved = new ConvolutionWeights(unit.shape(), effective);
        this.a = new ChannelVector(channels);
        this.b = new ChannelVector(channels);
    }

    /** Derives everything anew after the parameters changed. */
    void refresh() {
        if (weightBits != FULL_PRECISION) {
            WeightQuantizer.quantize(weight, weightBits, effective);
        }
        convolved.prepare();
        for (int c = 0; c < unit.channels(); c++) {
            double scale = gamma.get(c) * inverseDeviation(variance.get(c));
            a.set(c, (float) scale);
            b.set(c, (float) (beta.get(c) - mean.get(c) * scale));
        }
    }

    double inverseDeviation(double value) {
        return 1 / Math.sqrt(value + unit.epsilon());
    }

    @Override
    public void close() {
        convolved.close();
        weight.close();
        gamma.close();
        beta.close();
        mean.close();
        variance.close();
        if (effective != weight) {
            effective.close();
        }
    }
}
