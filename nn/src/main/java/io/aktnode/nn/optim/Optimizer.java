package io.aktnode.nn.optim;

import io.aktnode.nn.model.StateDict;

/**
 * Changes parameters in place by their gradients. Owns its state tensors, not the parameters. One
 * thread calls; the arithmetic runs on the compute pool and does not depend on its size.
 */
public interface Optimizer extends AutoCloseable {

    /**
     * One step with {@code scale·gradient}.
     *
     * @param scale factor on every gradient, as after clipping; 1 leaves them as they are
     * @param learningRateFactor multiplies the learning rate
     * @return the update ratio: 2-norm of the change over that of the parameters before it, over
     *     all parameters together; 0 when the parameters are all zero
     */
    double step(double scale, double learningRateFactor);

    /** State for each parameter, in its own layout, under {@code slot/name}. */
    StateDict save();

    /**
     * Takes over a saved state, bit for bit.
     *
     * @throws IllegalArgumentException when a tensor is missing or has another shape
     */
    void restore(StateDict state);

    /** Back to the state before the first step. */
    void reset();

    @Override
    void close();
}
