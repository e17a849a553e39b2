package io.aktnode.nn.model;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A PyTorch tensor as pickled: a strided view of a storage. Valid once constructed: every element
 * lies inside the storage.
 *
 * @param offset first element, counted in elements of the storage
 * @param strides distance of neighbours along each dimension, in elements
 */
record TorchTensor(TorchStorage storage, long offset, int[] shape, long[] strides) {

    TorchTensor {
        if (shape.length != strides.length) {
            throw new IllegalArgumentException(
                    "shape " + Arrays.toString(shape) + " has strides " + Arrays.toString(strides));
        }
        long last = offset;
        long count = 1;
        for (int i = 0; i < shape.length; i++) {
            if (shape[i] < 0 || strides[i] < 0) {
                throw new IllegalArgumentException(
                        "shape "
                                + Arrays.toString(shape)
                                + " with strides "
                                + Arrays.toString(strides)
                                + " has a negative number");
            }
            count = Math.multiplyExact(count, (long) shape[i]);
            last = Math.addExact(last, Math.multiplyExact(shape[i] - 1L, strides[i]));
        }
        if (count > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "shape " + Arrays.toString(shape) + " has more than 2147483639 elements");
        }
        if (offset < 0 || count > 0 && last >= storage.count()) {
            throw new IllegalArgumentException(
                    "shape "
                            + Arrays.toString(shape)
                            + " from element "
                            + offset
                            + " with strides "
                            + Arrays.toString(strides)
                            + " leaves its storage of "
                            + storage.count()
                            + " elements");
        }
    }

    int count() {
        int count = 1;
        for (int extent : shape) {
            count *= extent;
        }
        return count;
    }

    /** The elements, row-major. */
    FloatArray gather(ByteBuffer bytes) {
        float[] values = new float[count()];
        int[] position = new int[shape.length];
        long source = offset;
        for (int i = 0; i < values.length; i++) {
            values[i] = storage.type().get(bytes, (int) source);
            for (int d = shape.length - 1; d >= 0; d--) {
                source += strides[d];
                if (++position[d] < shape[d]) {
                    break;
                }
                source -= strides[d] * shape[d];
                position[d] = 0;
            }
        }
        return new FloatArray(shape, values);
    }
}
