package io.aktnode.nn.kernel;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code z = op(x)·op(y)} for three tensors seen as matrices, by the BLAS behind libnd4j's {@code
 * matmul}, bound to its buffers when built. One thread at a time.
 */
public final class MatrixProduct implements AutoCloseable {

    private final NativeOp product;

    /**
     * @param x seen as (rows, rest) by its first extent
     * @param transposeX whether {@code op(x)} is the transpose
     * @param y seen as (rows, rest) by its first extent
     * @param transposeY whether {@code op(y)} is the transpose
     * @param z overwritten, seen as (rows, rest) by its first extent
     */
    public MatrixProduct(Tensor x, boolean transposeX, Tensor y, boolean transposeY, Tensor z) {
        this.product =
                new NativeOp(
                        "matmul",
                        new INDArray[] {matrix(x), matrix(y)},
                        new INDArray[] {matrix(z)},
                        transposeX ? 1 : 0,
                        transposeY ? 1 : 0,
                        0);
    }

    private static INDArray matrix(Tensor tensor) {
        int rows = tensor.extent(0);
        return tensor.array().reshape('c', rows, tensor.length() / rows);
    }

    public void run() {
        product.run();
    }

    @Override
    public void close() {
        product.close();
    }
}
