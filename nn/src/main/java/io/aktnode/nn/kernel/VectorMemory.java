package io.aktnode.nn.kernel;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loads and stores SIMD registers from native memory on every JDK since 17.
 *
 * <p>The Vector API took {@link ByteBuffer}s up to JDK 18 and takes {@code MemorySegment}s since; a
 * constant method handle calls whichever is there and is inlined like a direct call.
 */
final class VectorMemory {

    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int LANES = SPECIES.length();

    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final MethodType LOAD_TYPE =
            MethodType.methodType(
                    FloatVector.class,
                    VectorSpecies.class,
                    Object.class,
                    int.class,
                    ByteOrder.class);
    private static final MethodType STORE_TYPE =
            MethodType.methodType(
                    void.class, FloatVector.class, Object.class, int.class, ByteOrder.class);

    private static final MethodHandle LOAD;
    private static final MethodHandle STORE;
    private static final MethodHandle OF_BUFFER;

    static {
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        try {
            if (Runtime.version().feature() < 19) {
                LOAD = load(lookup, "fromByteBuffer", ByteBuffer.class, int.class);
                STORE = store(lookup, "intoByteBuffer", ByteBuffer.class, int.class);
                OF_BUFFER = MethodHandles.identity(Object.class);
            } else {
                Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
                LOAD = load(lookup, "fromMemorySegment", segment, long.class);
                STORE = store(lookup, "intoMemorySegment", segment, long.class);
                OF_BUFFER =
                        lookup.findStatic(
                                        segment,
                                        "ofBuffer",
                                        MethodType.methodType(segment, Buffer.class))
                                .asType(MethodType.methodType(Object.class, Object.class));
            }
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private VectorMemory() {}

    private static MethodHandle load(
            MethodHandles.Lookup lookup, String name, Class<?> memory, Class<?> offset)
            throws ReflectiveOperationException {
        return lookup.findStatic(
                        FloatVector.class,
                        name,
                        MethodType.methodType(
                                FloatVector.class,
                                VectorSpecies.class,
                                memory,
                                offset,
                                ByteOrder.class))
                .asType(LOAD_TYPE);
    }

    private static MethodHandle store(
            MethodHandles.Lookup lookup, String name, Class<?> memory, Class<?> offset)
            throws ReflectiveOperationException {
        return lookup.findVirtual(
                        FloatVector.class,
                        name,
                        MethodType.methodType(void.class, memory, offset, ByteOrder.class))
                .asType(STORE_TYPE);
    }

    /** What {@link #load} and {@link #store} take for a tensor. */
    static Object of(Tensor tensor) {
        return tensor.lanes(VectorMemory::wrap);
    }

    private static Object wrap(ByteBuffer bytes) {
        try {
            return (Object) OF_BUFFER.invokeExact((Object) bytes);
        } catch (Throwable e) {
            throw new IllegalStateException("native memory cannot be addressed", e);
        }
    }

    /** The register at a float index. */
    static FloatVector load(Object memory, int index) {
        try {
            return (FloatVector)
                    LOAD.invokeExact((VectorSpecies<?>) SPECIES, memory, index << 2, ORDER);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Writes a register to a float index. */
    static void store(FloatVector vector, Object memory, int index) {
        try {
            STORE.invokeExact(vector, memory, index << 2, ORDER);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    private static RuntimeException rethrown(Throwable thrown) {
        if (thrown instanceof RuntimeException exception) {
            return exception;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(thrown);
    }
}
