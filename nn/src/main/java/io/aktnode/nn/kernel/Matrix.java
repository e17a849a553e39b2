package io.aktnode.nn.kernel;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A tensor seen as a row-major matrix, or as the transpose of one.
 *
 * @param rows extent of the matrix as it lies in memory
 * @param transposed whether the transpose is meant
 */
public record Matrix(Tensor tensor, int rows, boolean transposed) {

    public Matrix {
        if (rows < 1 || tensor.length() % rows != 0) {
            throw new IllegalArgumentException(tensor + " cannot be cut into " + rows + " rows");
        }
    }

    /** (N, everything else). */
    public static Matrix byFirst(Tensor tensor) {
        return new Matrix(tensor, tensor.extent(0), false);
    }

    /** (everything else, channels). */
    public static Matrix byLast(Tensor tensor) {
        return new Matrix(tensor, tensor.length() / tensor.extent(tensor.rank() - 1), false);
    }

    public Matrix transpose() {
        return new Matrix(tensor, rows, !transposed);
    }

    INDArray array() {
        return tensor.array().reshape('c', rows, tensor.length() / rows);
    }
}
