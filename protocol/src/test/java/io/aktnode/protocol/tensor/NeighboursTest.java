package io.aktnode.protocol.tensor;

import static io.aktnode.protocol.tensor.Frames.assertArrived;
import static io.aktnode.protocol.tensor.Frames.header;
import static io.aktnode.protocol.tensor.Frames.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.aktnode.protocol.frame.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.agrona.concurrent.NoOpLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A data plane that sends into the memory of another, as of two processes on one machine. */
@Timeout(60)
class NeighboursTest {

    private static final int STREAM = 5;
    private static final Duration LIVENESS = Duration.ofSeconds(2);

    @TempDir private Path directory;

    private final OutboundTensor tensor = random(new Random(1), TensorSpec.float32(1_000_000));
    private final Inbox inbox = new Inbox();
    private DataPlane sender;
    private DataPlane receiver;

    private DataPlaneConfig config() {
        return DataPlaneConfig.defaults()
                .withDirectory(directory)
                .withLivenessTimeout(LIVENESS)
                .withOfferTimeout(Duration.ofMillis(500));
    }

    @BeforeEach
    void start() {
        sender = Frames.start(config());
        receiver = Frames.start(config());
    }

    @AfterEach
    void stop() {
        sender.close();
        receiver.close();
    }

    private Endpoint receive() {
        Endpoint endpoint = receiver.endpoint(STREAM, inbox);
        endpoint.fence(Frames.RUN, 0);
        return endpoint;
    }

    private TensorPublisher neighbour() {
        return sender.neighbour(receiver.directory(), STREAM).orElseThrow();
    }

    /** Logs in the receiver's memory: its own, and those of who sends to it. */
    private long logs() {
        try (Stream<Path> files = Files.walk(receiver.directory())) {
            return files.filter(file -> file.toString().endsWith(".logbuffer")).count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private boolean hasEnded(TensorPublisher publisher) {
        try {
            assertEquals(SendResult.NOT_CONNECTED, publisher.send(header(1), List.of(tensor)));
            return false;
        } catch (TransportClosedException e) {
            return true;
        }
    }

    private static boolean clientAtWork() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.isAlive() && thread.getName().equals("akt-neighbour"));
    }

    @Test
    void framesArriveAndTheMemoryIsFreedWithTheLastPublisher() throws Exception {
        receive();
        TensorPublisher first = neighbour();
        TensorPublisher second = neighbour();

        for (TensorPublisher publisher : List.of(first, second)) {
            assertEquals(SendResult.SENT, publisher.send(header(1), List.of(tensor)));
            assertArrived(inbox.next(), header(1), List.of(tensor));
        }
        assertEquals(2, logs());
        first.close();
        assertEquals(SendResult.SENT, second.send(header(2), List.of(tensor)));
        assertArrived(inbox.next(), header(2), List.of(tensor));
        second.close();

        Frames.await(() -> logs() == 0);
        assertFalse(clientAtWork(), "the receiver's driver has a client still");
        assertEquals(0, sender.faults() + receiver.faults());
    }

    /** A client that does nothing any more is to its driver as one that was killed. */
    @Test
    void whatAKilledSenderLeftIsFreed() {
        receive();
        Aeron killed =
                Aeron.connect(
                        new Aeron.Context()
                                .aeronDirectoryName(receiver.directory().toString())
                                .useConductorAgentInvoker(true)
                                .clientLock(NoOpLock.INSTANCE));
        killed.addExclusivePublication("aeron:ipc", STREAM);
        assertEquals(1, logs());

        Frames.await(() -> logs() == 0);

        assertEquals(0, receiver.faults());
    }

    @Test
    void aNeighbourThatIsGoneEndsTheSendAndTheNextOneIsFound() throws Exception {
        receive();
        TensorPublisher publisher = neighbour();
        receiver.close();

        Frames.await(() -> hasEnded(publisher));
        assertTrue(sender.failure().isEmpty());
        publisher.close();

        receiver = Frames.start(config());
        receive();
        try (TensorPublisher next = neighbour()) {
            assertNotSame(publisher, next);
            assertEquals(SendResult.SENT, next.send(header(2), List.of(tensor)));
            assertArrived(inbox.next(), header(2), List.of(tensor));
        }
        assertEquals(0, sender.faults());
    }

    @Test
    void whoReceivesFromTheNetworkOnlyIsNotReachedThroughMemory() {
        receiver.close();
        receiver = Frames.start(config().withChannel("aeron:udp?endpoint=127.0.0.1:0"));
        receive();

        assertEquals(Optional.empty(), sender.neighbour(receiver.directory(), STREAM));
        assertEquals(Optional.empty(), receiver.neighbour(sender.directory(), STREAM));

        Frames.await(() -> logs() == 0);
        assertFalse(clientAtWork(), "the receiver's driver has a client still");
    }

    @Test
    void whereNoDriverAnswersThereIsNoNeighbour() throws IOException {
        Path deaf = Files.createDirectory(directory.resolve("deaf"));
        Files.copy(receiver.directory().resolve("cnc.dat"), deaf.resolve("cnc.dat"));
        Path garbage = Files.createDirectory(directory.resolve("garbage"));
        Files.write(garbage.resolve("cnc.dat"), new byte[] {1, 2, 3});
        Path nothing = directory.resolve("nothing");
        assertThrows(NoSuchFileException.class, () -> Files.size(nothing));

        for (Path driver : List.of(deaf, garbage, nothing)) {
            assertEquals(Optional.empty(), sender.neighbour(driver, STREAM), driver::toString);
        }
        assertFalse(clientAtWork(), "a client of nobody");
    }
}
