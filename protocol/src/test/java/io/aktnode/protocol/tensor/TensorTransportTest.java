package io.aktnode.protocol.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
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
    private Endpoint endpoint;
    private TensorPublisher publisher;

    @BeforeEach
    void start() {
        plane =
                DataPlane.start(
                        DataPlaneConfig.defaults().withDirectory(directory),
                        fault -> {
                            throw new AssertionError(fault);
                        });
        endpoint = plane.endpoint(STREAM, inbox);
        endpoint.fence(Frames.RUN, Frames.INCARNATION);
        publisher = plane.publisher(STREAM);
    }

    @AfterEach
    void stop() {
        plane.close();
        assertEquals(0, plane.faults());
        assertFalse(Files.exists(plane.directory()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000, 16_000, 100_000, 875_000, 10_000_000})
    void tensorArrivesBitExact(int elements) throws Exception {
        Random random = new Random(elements);
        List<OutboundTensor> tensors =
                List.of(
                        Frames.random(random, TensorSpec.float32(elements)),
                        Frames.random(random, TensorSpec.int32(2, 3)));

        SendResult result = publisher.send(Frames.header(7), tensors);

        assertEquals(SendResult.SENT, result);
        assertArrived(inbox.next(), 7, tensors);
    }

    @Test
    void frameWithoutTensorsArrives() throws Exception {
        assertEquals(SendResult.SENT, publisher.send(Frames.header(8), List.of()));

        assertArrived(inbox.next(), 8, List.of());
    }

    @Test
    void emptyTensorsArriveBesideOthers() throws Exception {
        Random random = new Random(1);
        List<OutboundTensor> tensors =
                List.of(
                        Frames.random(random, TensorSpec.float32(4, 0, 2)),
                        Frames.random(random, TensorSpec.float32()),
                        Frames.random(random, TensorSpec.int32(0)),
                        Frames.random(random, TensorSpec.float32(1, 2, 1, 2, 1, 3)),
                        Frames.random(random, TensorSpec.float32(0)));

        assertEquals(SendResult.SENT, publisher.send(Frames.header(9), tensors));
        assertEquals(SendResult.SENT, publisher.send(Frames.header(10), tensors.subList(0, 1)));

        assertArrived(inbox.next(), 9, tensors);
        assertArrived(inbox.next(), 10, tensors.subList(0, 1));
    }

    private void assertArrived(Inbox.Frame frame, long batch, List<OutboundTensor> sent) {
        assertEquals(Frames.header(batch), frame.header());
        assertEquals(sent.stream().map(OutboundTensor::spec).toList(), frame.tensors());
        assertEquals(sent.stream().map(OutboundTensor::bytes).toList(), frame.bytes());
        assertEquals(0, plane.counters().dropped());
    }
}
