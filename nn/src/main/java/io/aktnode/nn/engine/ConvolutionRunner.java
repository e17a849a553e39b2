package io.aktnode.nn.engine;

import io.aktnode.nn.attention.RefinedFeatureDistillation;
import io.aktnode.nn.attention.TapAttention;
import io.aktnode.nn.engine.PlanNode.ConvolutionUnit;
import io.aktnode.nn.kernel.Convolution;
import io.aktnode.nn.kernel.ElementwiseKernels;
import io.aktnode.nn.kernel.Kernels;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.kernel.UniformQuantizer;

/** {@link ConvolutionUnit} on one shard: oneDNN's convolution, then one fused pass for the rest. */
final class ConvolutionRunner implements NodeRunner {

    /** Enough to see activations blow up, few enough to cost nothing. */
    private static final int SAMPLES = 256;

    private final ElementwiseKernels kernels = Kernels.fastest();
    private final ConvolutionUnit unit;
    private final Tensor raw;
    private final Tensor value;
    private final Tensor skip;
    private final ResidualGradient gradient;
    private final Convolution convolution;
    private final ActivationQuantizer quantizer;
    private final float[] extremes = new float[2];
    private Distillation distillation;

    final ShardBatchNorm batchNorm;

    /** dL/dW of this shard, or null. */
    final Tensor weightGradient;

    /**
     * Gradient buffers of a unit.
     *
     * @param slot of the value and the input
     * @param raw gradient of the raw convolution output; may be the value's own buffer
     * @param skip gradient of the skip connection's value, or null; the value's own buffer when
     *     this unit is the first to write it
     */
    record ResidualGradient(GradientSlot slot, Tensor raw, Tensor skip) {}

    private record Distillation(
            RefinedFeatureDistillation loss, Tensor channel, Tensor spatial, int firstImage) {}

    /**
     * @param raw takes the convolution's output; kept until the backward pass where there is one
     * @param skip value that is added before the ReLU, or null
     * @param gradient null when no gradients are wanted
     * @param quantizer of the ReLU's output, or null
     */
    ConvolutionRunner(
            ConvolutionParameters parameters,
            NetworkMode mode,
            Tensor input,
            Tensor raw,
            Tensor value,
            Tensor skip,
            ResidualGradient gradient,
            ActivationQuantizer quantizer) {
        this.unit = parameters.unit;
        this.value = value;
        this.skip = skip;
        this.gradient = gradient;
        this.quantizer = quantizer;
        this.raw = raw;
        this.batchNorm = new ShardBatchNorm(parameters, mode, value.length() / unit.channels());
        this.weightGradient =
                mode.parameterGradients() ? Tensor.allocate(unit.shape().weightShape()) : null;
        Convolution.Builder builder = Convolution.of(parameters.convolved).forward(input, raw);
        if (gradient != null) {
            Tensor to = gradient.slot().written();
            builder.inputGradient(gradient.raw(), to);
            if (weightGradient != null && unit.input() == NetworkPlan.IMAGES) {
                // Nobody asks for the images' gradient and the parameters' at once.
                builder.weightGradient(gradient.raw(), to, weightGradient);
            } else if (weightGradient != null) {
                builder.gradients(gradient.raw(), to, weightGradient);
            }
        }
        this.convolution = builder.build();
    }

    @Override
    public void forward() {
        activate(quantizer == null ? null : quantizer.current());
    }

    private void activate(UniformQuantizer q) {
        convolution.forward();
        batchNorm.observe(raw);
        if (unit.relu() == null && skip == null) {
            kernels.affine(raw, batchNorm.a, batchNorm.b, value);
        } else if (unit.relu() == null) {
            kernels.affineAdd(raw, batchNorm.a, batchNorm.b, skip, value);
        } else if (skip == null) {
            kernels.affineRelu(raw, batchNorm.a, batchNorm.b, q, value);
        } else {
            kernels.affineAddRelu(raw, batchNorm.a, batchNorm.b, skip, q, value);
        }
    }

    /** The quantizer of this unit's value, or null. */
    ActivationQuantizer quantizer() {
        return quantizer;
    }

    /**
     * Forward pass without quantizer, for calibration.
     *
     * @return smallest and largest value, overwritten by the next call
     */
    float[] forwardAndMeasure() {
        activate(null);
        kernels.minMax(value, extremes);
        return extremes;
    }

    /** The largest of some of the last forward pass's values before the quantizer; 0 at least. */
    float sampledPeak() {
        int channels = unit.channels();
        // Odd, so that with the usual numbers of channels each of them is met.
        int stride = raw.length() / SAMPLES | 1;
        float peak = 0;
        for (int i = 0; i < raw.length(); i += stride) {
            int channel = i % channels;
            float value = batchNorm.a.get(channel) * raw.get(i) + batchNorm.b.get(channel);
            peak = Math.max(peak, skip == null ? value : value + skip.get(i));
        }
        return peak;
    }

    /** Quantizes the value that {@link #forwardAndMeasure} left. */
    void quantize() {
        kernels.quantize(value, quantizer.current(), value);
    }

    /** Attention of one image's tap, into {@code attention}. */
    void attention(TapAttention attention, int image) {
        attention.of(raw, image, batchNorm.a, batchNorm.b);
    }

    /**
     * Adds the feature loss to the next backward pass.
     *
     * @param channel the teacher's maps for the whole batch
     * @param firstImage this shard's first image in them
     */
    void distill(RefinedFeatureDistillation loss, Tensor channel, Tensor spatial, int firstImage) {
        distillation = new Distillation(loss, channel, spatial, firstImage);
    }

    /** The feature loss of the shard's images at this tap, found by the last backward pass. */
    double featureLoss() {
        return featureLoss;
    }

    private double featureLoss;

    @Override
    public void backward(boolean withParameters) {
        Tensor ofValue = gradient.slot().ofValue();
        if (unit.relu() != null) {
            maskByRelu(ofValue);
        }
        if (gradient.skip() != null && gradient.skip() != ofValue) {
            kernels.accumulate(ofValue, gradient.skip());
        }
        Tensor ofTap = ofValue;
        if (distillation != null) {
            ofTap = addFeatureGradient(ofValue);
        }
        batchNorm.backward(ofTap, raw, gradient.raw(), withParameters);
        if (withParameters) {
            convolution.gradients();
        } else {
            convolution.inputGradient();
        }
        gradient.slot().join();
    }

    private void maskByRelu(Tensor ofValue) {
        if (skip == null) {
            kernels.reluGradient(ofValue, raw, batchNorm.a, batchNorm.b, ofValue);
        } else {
            kernels.addReluGradient(ofValue, raw, batchNorm.a, batchNorm.b, skip, ofValue);
        }
    }

    /** The skip connection does not see the tap's gradient, so it goes into the raw buffer. */
    private Tensor addFeatureGradient(Tensor ofValue) {
        Tensor ofTap = gradient.raw();
        if (ofTap != ofValue) {
            ofTap.copyFrom(ofValue);
        }
        featureLoss = 0;
        for (int image = 0; image < raw.extent(0); image++) {
            featureLoss +=
                    distillation.loss.lossAndGradient(
                            raw,
                            image,
                            batchNorm.a,
                            batchNorm.b,
                            distillation.channel,
                            distillation.spatial,
                            distillation.firstImage + image,
                            ofTap);
        }
        distillation = null;
        return ofTap;
    }

    @Override
    public void close() {
        convolution.close();
        if (weightGradient != null) {
            weightGradient.close();
        }
    }
}
