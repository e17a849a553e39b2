package io.aktnode.protocol.tensor;

import static io.aktnode.protocol.tensor.Frames.assertArrived;
import static io.aktnode.protocol.tensor.Frames.header;
import static io.aktnode.protocol.tensor.Frames.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aktnode.protocol.frame.TensorSpec;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same code on other channels and term lengths: they are configuration. */
@Timeout(60)
class ChannelTest {

    private static final String LOOPBACK = "aeron:udp?endpoint=127.0.0.1:0";
    private static final String IPV6 = "aeron:udp?endpoint=[::1]:0";

    @TempDir Path directory;

    private DataPlaneConfig config(String channel) {
        return DataPlaneConfig.defaults().withDirectory(directory).withChannel(channel);
    }

    /** As many tensors as a deep network has taps: their table does not fit one UDP packet. */
    private static List<OutboundTensor> manyTensors() {
        Random random = new Random(5);
        List<OutboundTensor> tensors = new ArrayList<>();
        for (int i = 0; i < 109; i++) {
            tensors.add(random(random, TensorSpec.float32(16, 1 + i)));
        }
        return tensors;
    }

    @ParameterizedTest
    @ValueSource(strings = {LOOPBACK, LOOPBACK + "|mtu=8192", "aeron:ipc", "aeron:ipc?mtu=1408"})
    void framesArrive(String channel) throws Exception {
        Inbox inbox = new Inbox();
        List<OutboundTensor> large = List.of(random(new Random(6), TensorSpec.float32(875_000)));
        try (DataPlane plane = Frames.start(config(channel))) {
            plane.endpoint(3, inbox).fence(Frames.RUN, 0);
            TensorPublisher publisher = plane.publisher(3);

            assertEquals(SendResult.SENT, publisher.send(header(1), manyTensors()));
            assertEquals(SendResult.SENT, publisher.send(header(2), large));

            assertArrived(inbox.next(), header(1), manyTensors());
            assertArrived(inbox.next(), header(2), large);
            assertEquals(0, plane.counters().dropped());
            assertEquals(0, plane.faults());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LOOPBACK, IPV6})
    void framesTravelBetweenNodes(String channel) throws Exception {
        assumeTrue(
                !channel.equals(IPV6)
                        || NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null,
                "no IPv6 here");
        Inbox inbox = new Inbox();
        List<OutboundTensor> tensors = manyTensors();
        try (DataPlane receiver = Frames.start(config(channel));
                DataPlane sender = Frames.start(config(channel))) {
            Endpoint endpoint = receiver.endpoint(3, inbox);
            endpoint.fence(Frames.RUN, 0);

            TensorPublisher publisher = sender.publisher(endpoint.channel(), 3);
            SendResult result = publisher.send(header(1), tensors);

            assertEquals(SendResult.SENT, result);
            assertArrived(inbox.next(), header(1), tensors);
        }
    }

    @Test
    void portZeroNeedsAnEndpointOfThisNode() {
        try (DataPlane plane = Frames.start(config(LOOPBACK))) {
            IllegalStateException thrown =
                    assertThrows(IllegalStateException.class, () -> plane.publisher(3));

            assertEquals(
                    LOOPBACK
                            + " leaves the port of stream 3 open and this node does not receive it;"
                            + " give its channel",
                    thrown.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LOOPBACK, "aeron:ipc"})
    void smallestTermsWork(String channel) throws Exception {
        Inbox inbox = new Inbox();
        List<OutboundTensor> tensors = List.of(random(new Random(7), TensorSpec.float32(500_000)));
        try (DataPlane plane = Frames.start(config(channel).withTermBytes(64 * 1024))) {
            plane.endpoint(3, inbox).fence(Frames.RUN, 0);
            TensorPublisher publisher = plane.publisher(3);

            publisher.send(header(1), tensors);

            assertArrived(inbox.next(), header(1), tensors);
        }
    }

    @Test
    void aTableTooLongForATermIsRefusedWithTheRemedy() throws Exception {
        OutboundTensor tensor = random(new Random(8), TensorSpec.float32(1));
        List<OutboundTensor> tensors = Collections.nCopies(300, tensor);
        try (DataPlane plane = Frames.start(config("aeron:ipc").withTermBytes(64 * 1024))) {
            TensorPublisher publisher = plane.publisher(3);

            IllegalArgumentException thrown =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> publisher.send(header(1), tensors));

            assertTrue(thrown.getMessage().contains("> maxMessageLength=8192"), thrown::getMessage);
            assertTrue(
                    thrown.getMessage().endsWith("raise term-length to at least 131072"),
                    thrown::getMessage);
        }
    }
}
