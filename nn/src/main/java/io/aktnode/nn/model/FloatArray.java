package io.aktnode.nn.model;

import java.util.Arrays;

/**
 * A dense float32 array on the heap, row-major, as read from and written to model files.
 *
 * @param shape extents, slowest first; empty for a scalar
 * @param values as many as the product of the extents
 */
public record FloatArray(int[] shape, float[] values) {

    public FloatArray {
        long count = 1;
        for (int extent : shape) {
            count = Math.multiplyExact(count, extent);
        }
        if (count != values.length) {
            throw new IllegalArgumentException(
                    "shape "
                            + Arrays.toString(shape)
                            + " needs "
                            + count
                            + " values, got "
                            + values.length);
        }
    }

    public static FloatArray scalar(float value) {
        return new FloatArray(new int[0], new float[] {value});
    }

    public static FloatArray vector(float... values) {
        return new FloatArray(new int[] {values.length}, values);
    }
}
