package io.aktnode.protocol.tensor;

import static io.aktnode.protocol.tensor.Frames.assertArrived;
import static io.aktnode.protocol.tensor.Frames.header;
import static io.aktnode.protocol.tensor.Frames.random;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aktnode.protocol.frame.DropReason;
import io.aktnode.protocol.frame.FrameKey;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames between two nodes that share a key, and between such that do not. */
@Timeout(120)
class EncryptedTransportTest {

    private static final String LOOPBACK = "aeron:udp?endpoint=127.0.0.1:0";
    private static final int STREAM = RoleId.TEACHER.streamId();

    @TempDir Path directory;
    private final Inbox inbox = new Inbox();
    private final FrameKey key = FrameKey.draw(new SecureRandom());
    private DataPlane receiver;
    private DataPlane sender;

    @BeforeEach
    void start() {
        receiver = plane(LOOPBACK);
        sender = plane(LOOPBACK);
    }

    private DataPlane plane(String channel) {
        return Frames.start(
                DataPlaneConfig.defaults().withDirectory(directory).withChannel(channel));
    }

    @AfterEach
    void stop() {
        receiver.close();
        sender.close();
        assertEquals(0, receiver.faults() + sender.faults());
    }

    private Endpoint receive(Optional<FrameKey> ownKey) {
        Endpoint endpoint = receiver.endpoint(STREAM, inbox, Optional.empty(), ownKey);
        endpoint.fence(Frames.RUN, Frames.INCARNATION);
        return endpoint;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 1000, 16_000, 16_352, 100_000, 875_000})
    void tensorArrivesBitExact(int elements) throws Exception {
        Random random = new Random(elements);
        List<OutboundTensor> tensors =
                List.of(
                        random(random, TensorSpec.float32(elements)),
                        random(random, TensorSpec.int32(2, 3)));
        Endpoint endpoint = receive(Optional.of(key));
        TensorPublisher publisher = sender.publisher(endpoint.channel(), STREAM, Optional.of(key));

        assertEquals(SendResult.SENT, publisher.send(header(7), tensors));

        assertArrived(inbox.next(), header(7), tensors);
        assertEquals(0, endpoint.counters().dropped());
    }

    /** As many tensors as a deep network has taps: their table does not fit one UDP packet. */
    @Test
    void manyTensorsArriveBatchAfterBatch() throws Exception {
        Random random = new Random(5);
        List<OutboundTensor> tensors = new ArrayList<>();
        for (int i = 0; i < 109; i++) {
            tensors.add(random(random, TensorSpec.float32(16, i)));
        }
        Endpoint endpoint = receive(Optional.of(key));
        TensorPublisher publisher = sender.publisher(endpoint.channel(), STREAM, Optional.of(key));

        for (int batch = 0; batch < 20; batch++) {
            assertEquals(SendResult.SENT, publisher.send(header(batch), tensors));
            assertArrived(inbox.next(), header(batch), tensors);
        }
        // What an owner asks for again is a new frame, not a captured one.
        assertEquals(SendResult.SENT, publisher.send(header(19), tensors));
        assertArrived(inbox.next(), header(19), tensors);
        assertEquals(0, endpoint.counters().dropped());
    }

    @Test
    void framesOfSeveralSendersArrive() throws Exception {
        List<OutboundTensor> tensors = List.of(random(new Random(3), TensorSpec.float32(5000)));
        Endpoint endpoint = receive(Optional.of(key));

        for (int i = 0; i < 10; i++) {
            RoleId student = RoleId.student(i % 3);
            try (TensorPublisher publisher =
                    sender.publisher(endpoint.channel(), STREAM, Optional.of(key))) {
                assertEquals(SendResult.SENT, publisher.send(header(i, student), tensors));
                assertArrived(inbox.next(), header(i, student), tensors);
            }
        }
        assertEquals(0, endpoint.counters().dropped());
    }

    @Test
    void framesInsideTheMachineStayPlain() throws Exception {
        List<OutboundTensor> tensors = List.of(random(new Random(4), TensorSpec.float32(5000)));
        try (DataPlane inside = plane("aeron:ipc")) {
            Endpoint endpoint = inside.endpoint(STREAM, inbox, Optional.empty(), Optional.of(key));
            endpoint.fence(Frames.RUN, Frames.INCARNATION);

            inside.publisher(STREAM).send(header(1), tensors);
            assertArrived(inbox.next(), header(1), tensors);
            inside.publisher(STREAM, Optional.of(key)).send(header(2), tensors);

            assertArrived(inbox.next(), header(2), tensors);
            assertEquals(0, endpoint.counters().dropped());
        }
    }

    @Test
    void aSenderFromAfarDoesNotPassForOneInside() throws Exception {
        List<OutboundTensor> tensors = List.of(random(new Random(6), TensorSpec.float32(5000)));
        try (DataPlane inside = plane("aeron:ipc")) {
            Endpoint endpoint =
                    inside.endpoint(STREAM, inbox, Optional.of(LOOPBACK), Optional.of(key));
            endpoint.fence(Frames.RUN, Frames.INCARNATION);
            inside.publisher("aeron:ipc?session-id=77", STREAM).send(header(1), tensors);
            assertArrived(inbox.next(), header(1), tensors);

            TensorPublisher stranger =
                    sender.publisher(endpoint.channel() + "|session-id=77", STREAM);
            assertEquals(SendResult.SENT, stranger.send(header(2), tensors));

            Frames.await(() -> endpoint.counters().dropped(DropReason.UNENCRYPTED) == 1);
            assertEquals(1, inbox.begun.get());
        }
    }

    private void assertAllDropped(
            Optional<FrameKey> senders, Optional<FrameKey> receivers, DropReason reason) {
        List<OutboundTensor> tensors = List.of(random(new Random(5), TensorSpec.float32(5000)));
        Endpoint endpoint = receive(receivers);
        TensorPublisher publisher = sender.publisher(endpoint.channel(), STREAM, senders);

        for (int batch = 0; batch < 5; batch++) {
            publisher.send(header(batch), tensors);
        }

        Frames.await(() -> endpoint.counters().dropped(reason) >= 5);
        assertEquals(5, endpoint.counters().dropped(), "each frame is counted once");
        assertEquals(0, inbox.begun.get());
    }

    @Test
    void plainFramesAreDroppedWhereAKeyIsRequired() {
        assertAllDropped(Optional.empty(), Optional.of(key), DropReason.UNENCRYPTED);
    }

    @Test
    void encryptedFramesAreDroppedWhereThereIsNoKey() {
        assertAllDropped(Optional.of(key), Optional.empty(), DropReason.NO_KEY);
    }

    @Test
    void framesUnderAnotherKeyAreDropped() {
        FrameKey other = FrameKey.draw(new SecureRandom());

        assertAllDropped(Optional.of(other), Optional.of(key), DropReason.WRONG_KEY);
    }
}
