package io.aktnode.protocol.frame;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/** Element type and shape of one tensor in a frame: an entry of the frame's table. Immutable. */
public final class TensorSpec {

    /** Most extents a tensor on the wire may have. */
    public static final int MAX_RANK = 6;

    private final ElementType type;
    private final int[] shape;
    private final int byteLength;

    private TensorSpec(ElementType type, int... shape) {
        this.type = Objects.requireNonNull(type, "type");
        this.shape = shape.clone();
        long bytes = byteLength(type, this.shape);
        if (bytes < 0) {
            throw new IllegalArgumentException(
                    "shape "
                            + Arrays.toString(shape)
                            + " must have at most "
                            + MAX_RANK
                            + " extents, none negative, and fit 2 GB");
        }
        this.byteLength = (int) bytes;
    }

    public static TensorSpec float32(int... shape) {
        return new TensorSpec(ElementType.FLOAT32, shape);
    }

    public static TensorSpec int32(int... shape) {
        return new TensorSpec(ElementType.INT32, shape);
    }

    public static TensorSpec of(ElementType type, int... shape) {
        return new TensorSpec(type, shape);
    }

    /** Bytes of a tensor, or -1 if there is no such tensor on the wire. */
    static long byteLength(ElementType type, int... shape) {
        if (shape.length > MAX_RANK) {
            return -1;
        }
        long bytes = type.bytes();
        for (int extent : shape) {
            if (extent < 0) {
                return -1;
            }
            // Cannot overflow: both factors are below 2^31 because of the check that follows.
            bytes *= extent;
            if (bytes > Integer.MAX_VALUE) {
                return -1;
            }
        }
        return bytes;
    }

    public ElementType type() {
        return type;
    }

    public int rank() {
        return shape.length;
    }

    public int extent(int dimension) {
        return shape[dimension];
    }

    public int[] shape() {
        return shape.clone();
    }

    /** Length of the tensor, bytes; 0 if an extent is 0. */
    public int byteLength() {
        return byteLength;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorSpec spec
                && type == spec.type
                && Arrays.equals(shape, spec.shape);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + Arrays.hashCode(shape);
    }

    @Override
    public String toString() {
        return type.name().toLowerCase(Locale.ROOT) + Arrays.toString(shape);
    }
}
