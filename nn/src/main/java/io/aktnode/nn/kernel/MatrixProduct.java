package io.aktnode.nn.kernel;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code z = x·y}, by libnd4j's {@code matmul}, bound to its buffers when built. One thread at a
 * time.
 */
public final class MatrixProduct implements AutoCloseable {

    private final NativeOp product;

    /**
     * @param z overwritten, not transposed
     */
    public MatrixProduct(Matrix x, Matrix y, Matrix z) {
        if (z.transposed()) {
            throw new IllegalArgumentException("the product " + z + " must not be transposed");
        }
        this.product =
                new NativeOp(
                        "matmul",
                        new INDArray[] {x.array(), y.array()},
                        new INDArray[] {z.array()},
                        x.transposed() ? 1 : 0,
                        y.transposed() ? 1 : 0,
                        0);
    }

    public void run() {
        product.run();
    }

    @Override
    public void close() {
        product.close();
    }
}
