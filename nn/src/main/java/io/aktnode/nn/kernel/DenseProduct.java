package io.aktnode.nn.kernel;

import static io.aktnode.nn.kernel.Matrix.byFirst;

/**
 * The products of a dense layer {@code y = x·Wᵀ} on one shard, by BLAS; bound to its buffers when
 * built. One thread at a time.
 */
public final class DenseProduct implements AutoCloseable {

    private final MatrixProduct forward;
    private final MatrixProduct inputGradient;
    private final MatrixProduct weightGradient;

    /**
     * @param x (N,in)
     * @param weights (out,in)
     * @param y (N,out)
     * @param gradient dL/dy (N,out), or null when no gradient will be asked for
     * @param toInput dL/dx (N,in)
     * @param toWeights dL/dW (out,in), or null when it will not be asked for
     */
    public DenseProduct(
            Tensor x, Tensor weights, Tensor y, Tensor gradient, Tensor toInput, Tensor toWeights) {
        int rows = x.extent(0);
        int out = weights.extent(0);
        int in = weights.extent(1);
        x.require("x", rows, in);
        y.require("y", rows, out);
        this.forward = new MatrixProduct(byFirst(x), byFirst(weights).transpose(), byFirst(y));
        if (gradient == null) {
            this.inputGradient = null;
            this.weightGradient = null;
            return;
        }
        gradient.require("gradient", rows, out);
        this.inputGradient =
                new MatrixProduct(
                        byFirst(gradient),
                        byFirst(weights),
                        byFirst(toInput.require("dL/dx", rows, in)));
        this.weightGradient =
                toWeights == null
                        ? null
                        : new MatrixProduct(
                                byFirst(gradient).transpose(),
                                byFirst(x),
                                byFirst(toWeights.require("dL/dW", out, in)));
    }

    /** {@code y = x·Wᵀ}. */
    public void forward() {
        forward.run();
    }

    /** {@code dL/dx = dL/dy·W}. */
    public void inputGradient() {
        inputGradient.run();
    }

    /** {@code dL/dW = dL/dyᵀ·x}. */
    public void weightGradient() {
        weightGradient.run();
    }

    @Override
    public void close() {
        forward.close();
        if (inputGradient != null) {
            inputGradient.close();
        }
        if (weightGradient != null) {
            weightGradient.close();
        }
    }
}
