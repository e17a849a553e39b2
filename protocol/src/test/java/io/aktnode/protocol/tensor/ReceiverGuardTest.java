package io.aktnode.protocol.tensor;

import static io.aktnode.protocol.tensor.Frames.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever reaches the port can have no more memory than the streams of a run take. */
@Timeout(60)
class ReceiverGuardTest {

    private static final int STREAM = 3;
    private static final int TERM_BYTES = 64 * 1024;

    @TempDir Path directory;
    private final Inbox inbox = new Inbox();
    private DataPlane plane;
    private Endpoint endpoint;

    @BeforeEach
    void start() {
        plane =
                Frames.start(
                        DataPlaneConfig.defaults()
                                .withDirectory(directory)
                                .withChannel("aeron:udp?endpoint=127.0.0.1:0")
                                .withTermBytes(TERM_BYTES));
        endpoint = plane.endpoint(STREAM, inbox);
        endpoint.fence(Frames.RUN, 0);
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    private long logs() throws IOException {
        try (Stream<Path> images = Files.list(plane.directory().resolve("images"))) {
            return images.count();
        }
    }

    @Test
    void refusesSendersOfLongerTermsThanItsOwn() throws Exception {
        TensorPublisher greedy =
                plane.publisher(endpoint.channel() + "|term-length=" + 2 * TERM_BYTES, STREAM);
        Frames.await(() -> plane.faults() > 1);

        assertFalse(greedy.connected());
        assertEquals(0, logs());

        plane.publisher(STREAM).send(header(1), List.of());
        assertEquals(header(1), inbox.next().header());
    }

    @Test
    void refusesMoreSendersThanARunHas() throws Exception {
        for (int i = 0; i < DataPlane.MOST_SENDERS; i++) {
            TensorPublisher publisher = plane.publisher(STREAM);
            Frames.await(publisher::connected);
        }
        assertEquals(0, plane.faults());

        TensorPublisher oneTooMany = plane.publisher(STREAM);
        Frames.await(() -> plane.faults() > 1);

        assertFalse(oneTooMany.connected());
        assertEquals(DataPlane.MOST_SENDERS, logs());
    }
}
