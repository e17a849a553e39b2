package io.aktnode.nn.kernel;

/**
 * One pass over parameters, gradients and optimizer state, elements {@code from} to {@code to}
 * (exclusive). Nothing is allocated. Any thread, as long as ranges are disjoint.
 *
 * <p>Element for element, both implementations give the same bits: products and sums are rounded
 * separately, in the order PyTorch takes them.
 */
public interface OptimizerKernels {

    /** Doubles an update writes: squares of the changes, squares of the parameters before. */
    int UPDATE_SUMS = 2;

    /** Doubles {@link #statistics} writes: squares, largest absolute, count of non-finite. */
    int STATISTICS = 3;

    /** The Vector API's where the JVM was started with it, plain Java otherwise. */
    static OptimizerKernels fastest() {
        return Kernels.FASTEST_OPTIMIZER;
    }

    /** Plain Java, for machines without the Vector API and as the reference in tests. */
    static OptimizerKernels plain() {
        return Kernels.PLAIN_OPTIMIZER;
    }

    /**
     * What one step of SGD with Nesterov momentum applies.
     *
     * @param scale factor on the gradient
     * @param rate learning rate
     */
    record SgdStep(float scale, float rate, float momentum, float weightDecay) {}

    /**
     * What one step of Adam applies.
     *
     * @param scale factor on the gradient
     * @param rate learning rate over the first moment's bias correction
     * @param keptFirst β₁
     * @param newFirst 1-β₁
     * @param keptSecond β₂
     * @param newSecond 1-β₂
     * @param root square root of the second moment's bias correction
     * @param epsilon added to the denominator, outside the root
     */
    record AdamStep(
            float scale,
            float rate,
            float keptFirst,
            float newFirst,
            float keptSecond,
            float newSecond,
            float root,
            float epsilon) {}

    /**
     * {@code d = scale·g + decay·w}, {@code v = momentum·v + d}, {@code w -= rate·(d +
     * momentum·v)}.
     *
     * @param sums takes {@link #UPDATE_SUMS} values from {@code at}
     */
    void sgdNesterov(
            Tensor w, Tensor g, Tensor v, int from, int to, SgdStep step, double[] sums, int at);

    /**
     * {@code g' = scale·g}, {@code m = β₁m + (1-β₁)g'}, {@code v = β₂v + (1-β₂)g'²}, {@code w -=
     * rate·m/(√v/root + ε)}.
     *
     * @param sums takes {@link #UPDATE_SUMS} values from {@code at}
     */
    void adam(
            Tensor w,
            Tensor g,
            Tensor m,
            Tensor v,
            int from,
            int to,
            AdamStep step,
            double[] sums,
            int at);

    /**
     * Squares summed in double, the largest absolute value that is not NaN, and how many elements
     * are NaN or infinite.
     *
     * @param sums takes {@link #STATISTICS} values from {@code at}
     */
    void statistics(Tensor g, int from, int to, double[] sums, int at);
}
