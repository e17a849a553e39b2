package io.aktnode.nn.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A dense row-major array in native memory, allocated once and reused: the unit in which the engine
 * works and which travels between roles. Images and activations are (N,height,width,channels).
 *
 * <p>The same memory is seen as an {@link INDArray} (for ND4J's operations) and as a {@link
 * ByteBuffer} (for the fused kernels and the transport). Not synchronised: one thread at a time, or
 * disjoint ranges. Whoever allocates closes.
 */
public final class Tensor implements AutoCloseable {

    /** ND4J's own counters leave out arrays of its CPU backend. */
    private static final AtomicLong ALLOCATED = new AtomicLong();

    private final int[] shape;
    private final int length;
    private final boolean integer;
    private final INDArray array;
    private final ByteBuffer bytes;
    private Object lanes;
    private boolean closed;

    private Tensor(boolean integer, int... shape) {
        long count = 1;
        for (int extent : shape) {
            if (extent < 1) {
                throw new IllegalArgumentException(
                        "shape " + Arrays.toString(shape) + " has an extent below 1");
            }
            count = Math.multiplyExact(count, extent);
        }
        if (count * Float.BYTES > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "shape "
                            + Arrays.toString(shape)
                            + " needs "
                            + count * Float.BYTES
                            + " bytes, more than 2 GB; use a smaller batch or more shards");
        }
        this.shape = shape.clone();
        this.length = (int) count;
        this.integer = integer;
        Backend.start();
        long[] extents =
                Arrays.stream(shape.length == 0 ? new int[] {1} : shape).asLongStream().toArray();
        this.array =
                Nd4j.createUninitializedDetached(
                        integer ? DataType.INT32 : DataType.FLOAT, 'c', extents);
        Pointer pointer = array.data().addressPointer();
        ALLOCATED.addAndGet((long) length * Float.BYTES);
        this.bytes =
                new Pointer(pointer)
                        .capacity((long) length * Float.BYTES)
                        .position(0)
                        .asByteBuffer()
                        .order(ByteOrder.nativeOrder());
    }

    /** Uninitialised float32. */
    public static Tensor allocate(int... shape) {
        return new Tensor(false, shape);
    }

    /** Uninitialised int32. */
    public static Tensor allocateInts(int... shape) {
        return new Tensor(true, shape);
    }

    public static Tensor of(float[] values, int... shape) {
        Tensor tensor = allocate(shape);
        tensor.set(values);
        return tensor;
    }

    /** Bytes of native memory that open tensors hold in this process. */
    public static long allocatedBytes() {
        return ALLOCATED.get();
    }

    public int[] shape() {
        return shape.clone();
    }

    public int extent(int dimension) {
        return shape[dimension];
    }

    public int rank() {
        return shape.length;
    }

    /** Number of elements. */
    public int length() {
        return length;
    }

    public boolean integer() {
        return integer;
    }

    /** The memory, for ND4J's operations. */
    public INDArray array() {
        return array;
    }

    /** The memory, native byte order, position 0, limit = all; do not move position or limit. */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** The memory as the SIMD kernels address it, made on first use. */
    Object lanes(Function<ByteBuffer, Object> view) {
        if (lanes == null) {
            lanes = view.apply(bytes);
        }
        return lanes;
    }

    public float get(int index) {
        return bytes.getFloat(index * Float.BYTES);
    }

    public void set(int index, float value) {
        bytes.putFloat(index * Float.BYTES, value);
    }

    public int getInt(int index) {
        return bytes.getInt(index * Integer.BYTES);
    }

    public void setInt(int index, int value) {
        bytes.putInt(index * Integer.BYTES, value);
    }

    /** Copies all elements from the heap. */
    public void set(float[] values) {
        requireLength(values.length);
        bytes.duplicate().order(bytes.order()).asFloatBuffer().put(values);
    }

    /** Copies all elements to the heap. */
    public float[] toFloats() {
        float[] values = new float[length];
        bytes.duplicate().order(bytes.order()).asFloatBuffer().get(values);
        return values;
    }

    /** Copies another tensor of the same number of elements. */
    public void copyFrom(Tensor source) {
        requireLength(source.length);
        bytes.put(0, source.bytes, 0, length * Float.BYTES);
    }

    /** Copies {@code count} elements from one place in another tensor to a place in this one. */
    public void copyFrom(Tensor source, int sourceIndex, int index, int count) {
        bytes.put(
                index * Float.BYTES, source.bytes, sourceIndex * Float.BYTES, count * Float.BYTES);
    }

    public Tensor zero() {
        for (int i = 0; i < length; i++) {
            bytes.putInt(i * Float.BYTES, 0);
        }
        return this;
    }

    private void requireLength(int count) {
        if (count != length) {
            throw new IllegalArgumentException(
                    count + " elements do not fit shape " + Arrays.toString(shape));
        }
    }

    /** Throws with both shapes when this tensor's is not the expected one. */
    public Tensor require(String name, int... expected) {
        if (!Arrays.equals(shape, expected)) {
            throw new IllegalArgumentException(
                    name
                            + " is "
                            + Arrays.toString(shape)
                            + ", expected "
                            + Arrays.toString(expected));
        }
        return this;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            ALLOCATED.addAndGet(-(long) length * Float.BYTES);
            array.close();
        }
    }

    @Override
    public String toString() {
        return (integer ? "int32" : "float32") + Arrays.toString(shape);
    }
}
