package io.aktnode.protocol.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Frames and data planes for tests. */
final class Frames {

    static final long RUN = 0x5eed_0000_0000_0007L;
    static final int INCARNATION = 3;

    private Frames() {}

    static FrameHeader header(long batchId) {
        return header(batchId, RoleId.TEACHER);
    }

    static FrameHeader header(long batchId, RoleId sender) {
        return new FrameHeader(
                RUN, INCARNATION, batchId, sender, FrameKind.TEACHER_KNOWLEDGE, 1.25);
    }

    static OutboundTensor random(Random random, TensorSpec spec) {
        byte[] bytes = new byte[spec.byteLength()];
        random.nextBytes(bytes);
        return new OutboundTensor(
                spec, ByteBuffer.allocateDirect(spec.byteLength()).put(bytes).flip());
    }

    static void assertArrived(Inbox.Frame frame, FrameHeader header, List<OutboundTensor> sent) {
        assertEquals(header, frame.header());
        assertEquals(sent.stream().map(OutboundTensor::spec).toList(), frame.tensors());
        assertEquals(sent.stream().map(OutboundTensor::bytes).toList(), frame.bytes());
    }

    /** A data plane whose logs are in a test's own directory and whose failure fails the test. */
    static DataPlane start(Path directory) {
        return start(DataPlaneConfig.defaults().withDirectory(directory));
    }

    static DataPlane start(DataPlaneConfig config) {
        return DataPlane.start(config, fault -> {});
    }

    static List<LandingSlots.Place<ByteBuffer>> places(int count, TensorSpec spec) {
        List<LandingSlots.Place<ByteBuffer>> places = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ByteBuffer memory = ByteBuffer.allocateDirect(spec.byteLength());
            places.add(new LandingSlots.Place<>(memory, List.of(memory)));
        }
        return places;
    }

    /** Waits for a condition, no longer than a loaded machine may need. */
    static void await(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted() || System.nanoTime() > deadlineNs) {
                throw new AssertionError("waited in vain");
            }
            LockSupport.parkNanos(200_000);
        }
    }
}
