package io.aktnode.nn.kernel;

/**
 * Fused passes over channels-last activations: what would be chains of small operations is one read
 * and one write.
 *
 * <p>Arrays are (…,channels) float32 with the channels of their {@link ChannelVector}s; {@code x}
 * is a convolution's raw output, {@code a·x + b} its batch norm. Outputs are overwritten and may be
 * the input {@code g}, {@code x} or {@code y} where a method says "in place". Nothing is allocated.
 * Any thread, as long as outputs are disjoint.
 */
public interface ElementwiseKernels {

    /** Floats in a SIMD register; 1 for the plain implementation. */
    int lanes();

    /** What runs, for people: such as {@code 16 lanes (Vector API)}. */
    String description();

    /** {@code y = a·x + b}; in place. */
    void affine(Tensor x, ChannelVector a, ChannelVector b, Tensor y);

    /** {@code y = Q(relu(a·x + b))}; {@code q} null for no quantizer; in place. */
    void affineRelu(Tensor x, ChannelVector a, ChannelVector b, UniformQuantizer q, Tensor y);

    /** {@code y = Q(relu(a·x + b + skip))}; {@code q} null for no quantizer; in place. */
    void affineAddRelu(
            Tensor x, ChannelVector a, ChannelVector b, Tensor skip, UniformQuantizer q, Tensor y);

    /** {@code y = a·x + b + skip}; in place. */
    void affineAdd(Tensor x, ChannelVector a, ChannelVector b, Tensor skip, Tensor y);

    /** {@code y = Q(x)}; in place. */
    void quantize(Tensor x, UniformQuantizer q, Tensor y);

    /**
     * Smallest and largest element into {@code range[0]} and {@code range[1]}; NaN if any is NaN.
     */
    void minMax(Tensor x, float[] range);

    /** {@code out = g} where {@code a·x + b > 0}, else 0; in place. */
    void reluGradient(Tensor g, Tensor x, ChannelVector a, ChannelVector b, Tensor out);

    /** {@code out = g} where {@code a·x + b + skip > 0}, else 0; in place. */
    void addReluGradient(
            Tensor g, Tensor x, ChannelVector a, ChannelVector b, Tensor skip, Tensor out);

    /** {@code out = a·g + q·x + p}: the gradient for a batch norm's input; in place. */
    void affineGradient(
            Tensor g, Tensor x, ChannelVector a, ChannelVector q, ChannelVector p, Tensor out);

    /** Per channel, over all rows: {@code sums = Σ g}, {@code products = Σ g·x}. */
    void channelSums(Tensor g, Tensor x, double[] sums, double[] products);

    /** Per channel, over all rows: {@code sums = Σ (x-shift)}, {@code squares = Σ (x-shift)²}. */
    void moments(Tensor x, ChannelVector shift, double[] sums, double[] squares);

    /** {@code y = x + y}. */
    void accumulate(Tensor x, Tensor y);

    /** {@code y[n,c] = mean_HW x[n,·,c]} of x (N,H,W,C) into y (N,C). */
    void averagePool(Tensor x, Tensor y);

    /** {@code x[n,p,c] = g[n,c] / (H·W)}: the gradient of {@link #averagePool}. */
    void averagePoolGradient(Tensor g, Tensor x);

    /**
     * With {@code f = a·x + b}, for image {@code image} of (N,H,W,C): {@code channel[c] = Σ_HW f²}
     * and {@code spatial[p] = Σ_C f²}.
     */
    void squareSums(
            Tensor x,
            int image,
            ChannelVector a,
            ChannelVector b,
            float[] channel,
            float[] spatial);

    /**
     * With {@code f = a·x + b}, for one image: {@code g += 2·f·(spatial[p] + channel[c])}.
     *
     * @param channel as a {@link ChannelVector} of C
     * @param spatial H·W
     */
    void squareSumsGradient(
            Tensor x,
            int image,
            ChannelVector a,
            ChannelVector b,
            ChannelVector channel,
            float[] spatial,
            Tensor g);
}
