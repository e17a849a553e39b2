package io.aktnode.nn.kernel;

import java.util.List;

/**
 * Fused passes of the generator: batch norm, leaky ReLU and the change between phases and images in
 * one read and one write.
 *
 * <p>{@code phases} and images have the shapes of a {@link PhaseShape}; {@code x} is the image that
 * the phases stand for, {@code v = a·x + b} its batch norm, {@code leaky(v) = max(v, slope·v)}.
 * Nothing native is allocated. Any thread, as long as outputs are disjoint.
 */
public interface GeneratorKernels {

    /** The Vector API's where the JVM was started with it, plain Java otherwise. */
    static GeneratorKernels fastest() {
        return Kernels.FASTEST_GENERATOR;
    }

    /** Plain Java, for machines without the Vector API and as the reference in tests. */
    static GeneratorKernels plain() {
        return Kernels.PLAIN_GENERATOR;
    }

    /** Per channel, over all pixels: {@code sums = Σ (x-shift)}, {@code squares = Σ (x-shift)²}. */
    void phaseMoments(
            Tensor phases, PhaseShape shape, ChannelVector shift, double[] sums, double[] squares);

    /** {@code y = leaky(v)} as an image. */
    void phaseActivation(
            Tensor phases,
            PhaseShape shape,
            ChannelVector a,
            ChannelVector b,
            float slope,
            Tensor y);

    /**
     * With {@code g' = g·leaky'(v)}, per channel, over all pixels: {@code sums = Σ g'}, {@code
     * products = Σ g'·x}.
     *
     * @param g an image
     */
    void phaseGradientSums(
            Tensor g,
            Tensor phases,
            PhaseShape shape,
            ChannelVector a,
            ChannelVector b,
            float slope,
            double[] sums,
            double[] products);

    /**
     * With {@code g' = g·leaky'(v)}: {@code out = scale·g' + slopeOfX·x + offset}, the gradient for
     * the phases.
     *
     * @param g an image
     * @param out phases; what belongs to no pixel is left alone, and is zero for a gradient
     */
    void phaseGradient(
            Tensor g,
            Tensor phases,
            PhaseShape shape,
            ChannelVector a,
            ChannelVector b,
            float slope,
            ChannelVector scale,
            ChannelVector slopeOfX,
            ChannelVector offset,
            Tensor out);

    /**
     * {@code y = tanh(x)}, to four units in the last place of 1; in place. A rational function of
     * basic operations: a library's tanh would round differently before and after the JVM compiles
     * it, and so from run to run.
     */
    void tanh(Tensor x, Tensor y);

    /**
     * {@code out = (scale·g + slopeOfT·t + offset)·(1-t²)} for {@code t = tanh}; in place of {@code
     * g}.
     */
    void tanhGradient(
            Tensor g,
            Tensor t,
            ChannelVector scale,
            ChannelVector slopeOfT,
            ChannelVector offset,
            Tensor out);

    /** {@code y[i] += x[from + i]} for every element of {@code y}. */
    void accumulate(Tensor x, int from, Tensor y);

    /**
     * Adds parts 1, 2, … to part 0, in this order, for elements {@code from} to {@code to}
     * (exclusive).
     */
    void sum(List<Tensor> parts, int from, int to);
}
