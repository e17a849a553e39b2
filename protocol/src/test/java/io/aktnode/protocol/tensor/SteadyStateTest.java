package io.aktnode.protocol.tensor;

import static io.aktnode.protocol.tensor.Frames.header;
import static io.aktnode.protocol.tensor.Frames.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.TensorSpec;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SteadyStateTest {

    private static final int FRAMES = 20_000;
    private static final TensorSpec SPEC = TensorSpec.float32(16, 10);

    @TempDir Path directory;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static long offHeapBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static long pollThread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals("akt-poll"))
                .findFirst()
                .orElseThrow()
                .getId();
    }

    @Test
    void twentyThousandFramesLeaveMemoryFlat() {
        AtomicInteger landed = new AtomicInteger();
        LandingSlots<ByteBuffer> slots =
                new LandingSlots<>(
                        List.of(SPEC),
                        Frames.places(3, SPEC),
                        LandingSlots.Policy.DROP_OLDEST_UNCLAIMED,
                        frame -> landed.incrementAndGet());
        List<OutboundTensor> tensors = List.of(random(new Random(1), SPEC));
        try (DataPlane plane = Frames.start(directory)) {
            plane.endpoint(1, slots).fence(Frames.RUN, 0);
            TensorPublisher publisher = plane.publisher(1);
            FrameHeader header = header(1);
            exchange(publisher, header, tensors, landed);

            long me = Thread.currentThread().getId();
            long poller = pollThread();
            long offHeap = offHeapBytes();
            long sendingBytes = threads.getThreadAllocatedBytes(me);
            long pollingBytes = threads.getThreadAllocatedBytes(poller);
            exchange(publisher, header, tensors, landed);
            sendingBytes = threads.getThreadAllocatedBytes(me) - sendingBytes;
            pollingBytes = threads.getThreadAllocatedBytes(poller) - pollingBytes;

            // Less when the collector frees an earlier test's buffers meanwhile; more would be
            // growth.
            long grown = offHeapBytes() - offHeap;
            assertTrue(grown <= 0, grown + " B more off-heap");
            // A frame's header and little more; a claim by the owner.
            assertTrue(sendingBytes / FRAMES < 100, sendingBytes / FRAMES + " B a frame to send");
            assertTrue(pollingBytes / FRAMES < 200, pollingBytes / FRAMES + " B a frame to poll");
        }
    }

    private static void exchange(
            TensorPublisher publisher,
            FrameHeader header,
            List<OutboundTensor> tensors,
            AtomicInteger landed) {
        int target = landed.get() + FRAMES;
        for (int i = 0; i < FRAMES; i++) {
            assertEquals(SendResult.SENT, publisher.send(header, tensors));
        }
        Frames.await(() -> landed.get() >= target);
    }
}
