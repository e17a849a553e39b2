package io.aktnode.nn.kernel;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Working memory of oneDNN's primitives, one piece for each thread: however many networks there
 * are, only as many primitives run at once as there are threads.
 */
final class OneDnnScratch {

    private static final int ALIGNMENT = 64;

    private static final ThreadLocal<OneDnnScratch> OF_THREAD =
            ThreadLocal.withInitial(OneDnnScratch::new);

    /** Freed with its thread, by JavaCPP's collector. */
    private BytePointer memory;

    private Pointer aligned;
    private long bytes;

    private OneDnnScratch() {}

    /**
     * At least {@code needed} bytes, contents undefined, the calling thread's until its next call.
     */
    static Pointer ofThread(long needed) {
        OneDnnScratch scratch = OF_THREAD.get();
        if (scratch.bytes < needed) {
            scratch.grow(needed);
        }
        return scratch.aligned;
    }

    private void grow(long needed) {
        if (memory != null) {
            memory.deallocate();
        }
        memory = new BytePointer(needed + ALIGNMENT);
        long offset = -memory.address() & (ALIGNMENT - 1);
        aligned = new BytePointer(memory).position(offset);
        bytes = needed;
    }
}
