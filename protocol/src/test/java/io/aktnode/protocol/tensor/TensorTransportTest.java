package io.aktnode.protocol.tensor;

import static io.aktnode.protocol.tensor.Frames.assertArrived;
import static io.aktnode.protocol.tensor.Frames.header;
import static io.aktnode.protocol.tensor.Frames.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TensorTransportTest {

    private static final int STREAM = RoleId.TEACHER.streamId();

    @TempDir Path directory;
    private final Inbox inbox = new Inbox();
    private DataPlane plane;
    private TensorPublisher publisher;

    @BeforeEach
    void start() {
        plane = Frames.start(directory);
        plane.endpoint(STREAM, inbox).fence(Frames.RUN, Frames.INCARNATION);
        publisher = plane.publisher(STREAM);
    }

    @AfterEach
    void stop() {
        plane.close();
        assertEquals(0, plane.counters().dropped());
        assertEquals(0, plane.faults());
        assertFalse(Files.exists(plane.directory()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000, 16_000, 16_352, 100_000, 875_000, 10_000_000})
    void tensorArrivesBitExact(int elements) throws Exception {
        Random random = new Random(elements);
        List<OutboundTensor> tensors =
                List.of(
                        random(random, TensorSpec.float32(elements)),
                        random(random, TensorSpec.int32(2, 3)));

        SendResult result = publisher.send(header(7), tensors);

        assertEquals(SendResult.SENT, result);
        assertArrived(inbox.next(), header(7), tensors);
        Frames.await(() -> plane.counters().receivedBytes() == 4L * elements + 24);
        assertEquals(4L * elements + 24, plane.counters().sentBytes());
    }

    @Test
    void frameWithoutTensorsArrives() throws Exception {
        assertEquals(SendResult.SENT, publisher.send(header(8), List.of()));

        assertArrived(inbox.next(), header(8), List.of());
    }

    @Test
    void emptyTensorsArriveBesideOthers() throws Exception {
        Random random = new Random(1);
        List<OutboundTensor> tensors =
                List.of(
                        random(random, TensorSpec.float32(4, 0, 2)),
                        random(random, TensorSpec.float32()),
                        random(random, TensorSpec.int32(0)),
                        random(random, TensorSpec.float32(1, 2, 1, 2, 1, 3)),
                        random(random, TensorSpec.float32(0)));

        assertEquals(SendResult.SENT, publisher.send(header(9), tensors));
        assertEquals(SendResult.SENT, publisher.send(header(10), tensors.subList(0, 1)));

        assertArrived(inbox.next(), header(9), tensors);
        assertArrived(inbox.next(), header(10), tensors.subList(0, 1));
    }

    @Test
    void tensorIsTakenFromPositionToLimit() throws Exception {
        ByteBuffer memory = random(new Random(2), TensorSpec.int32(10)).bytes();
        ByteBuffer part = memory.duplicate().position(8).limit(24);

        publisher.send(header(1), List.of(new OutboundTensor(TensorSpec.int32(4), part)));

        assertEquals(memory.slice(8, 16), inbox.next().bytes().get(0));
        assertEquals(8, part.position());
    }

    @Test
    void framesOfManySendersDoNotMix() throws Exception {
        int senders = 4;
        int framesEach = 60;
        List<List<OutboundTensor>> payloads = new ArrayList<>();
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int s = 0; s < senders; s++) {
            RoleId sender = RoleId.student(s);
            TensorPublisher own = plane.publisher(STREAM);
            Random random = new Random(s);
            List<OutboundTensor> tensors =
                    List.of(
                            random(random, TensorSpec.float32(50_000 * s + 100)),
                            random(random, TensorSpec.int32(7)));
            payloads.add(tensors);
            tasks.add(
                    () -> {
                        for (int b = 0; b < framesEach; b++) {
                            assertEquals(SendResult.SENT, own.send(header(b, sender), tensors));
                        }
                        return null;
                    });
        }
        ExecutorService executor = Executors.newFixedThreadPool(senders);
        try {
            List<Future<Void>> sending = new ArrayList<>();
            tasks.forEach(task -> sending.add(executor.submit(task)));
            Map<RoleId, Long> next = new HashMap<>();
            for (int i = 0; i < senders * framesEach; i++) {
                Inbox.Frame frame = inbox.next();
                RoleId sender = frame.header().sender();
                long batch = next.merge(sender, 1L, Long::sum) - 1;
                assertArrived(frame, header(batch, sender), payloads.get(sender.instance()));
            }
            for (Future<Void> task : sending) {
                task.get();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void framesOfASenderThatClosesAtOnceStillArrive() throws Exception {
        List<OutboundTensor> tensors = List.of(random(new Random(3), TensorSpec.float32(90_000)));

        for (int i = 0; i < 20; i++) {
            try (TensorPublisher shortLived = plane.publisher(STREAM)) {
                assertEquals(SendResult.SENT, shortLived.send(header(i), tensors));
            }
        }

        for (int i = 0; i < 20; i++) {
            assertArrived(inbox.next(), header(i), tensors);
        }
    }

    @Test
    void refusesAFrameLargerThanAllowedAndGoesOn() throws Exception {
        OutboundTensor large = random(new Random(4), TensorSpec.float32(16 * 1024 * 1024));
        OutboundTensor small = random(new Random(4), TensorSpec.float32(1));

        IllegalArgumentException thrown =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> publisher.send(header(1), List.of(large, small)));
        publisher.send(header(2), List.of(small));

        assertEquals(
                "frame of 67108868 bytes > max-frame-bytes=67108864 for stream 2000 on aeron:ipc;"
                        + " raise it on all nodes or use a smaller batch",
                thrown.getMessage());
        assertArrived(inbox.next(), header(2), List.of(small));
    }

    @Test
    void outboundTensorMustFitItsSpec() {
        IllegalArgumentException heap =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new OutboundTensor(TensorSpec.int32(1), ByteBuffer.allocate(4)));
        IllegalArgumentException length =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new OutboundTensor(
                                        TensorSpec.int32(2), ByteBuffer.allocateDirect(4)));

        assertTrue(heap.getMessage().contains("int32[1] must be in a direct buffer"));
        assertEquals("int32[2] needs 8 bytes, not 4", length.getMessage());
    }
}
