package io.aktnode.protocol.tensor;

import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Frames for tests. */
final class Frames {

    static final long RUN = 0x5eed_0000_0000_0007L;
    static final int INCARNATION = 3;

    private Frames() {}

    static FrameHeader header(long batchId) {
        return new FrameHeader(
                RUN, INCARNATION, batchId, RoleId.TEACHER, FrameKind.TEACHER_KNOWLEDGE, 1.25);
    }

    static OutboundTensor random(Random random, TensorSpec spec) {
        byte[] bytes = new byte[spec.byteLength()];
        random.nextBytes(bytes);
        return new OutboundTensor(
                spec, ByteBuffer.allocateDirect(spec.byteLength()).put(bytes).flip());
    }

    /** Waits for a condition; the test's own timeout ends the wait. */
    static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("interrupted while waiting");
            }
            Thread.onSpinWait();
        }
    }
}
