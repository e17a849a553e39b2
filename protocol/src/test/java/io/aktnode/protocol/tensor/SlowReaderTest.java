package io.aktnode.protocol.tensor;

import static io.aktnode.protocol.tensor.Frames.header;
import static io.aktnode.protocol.tensor.Frames.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.protocol.frame.DropReason;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SlowReaderTest {

    private static final TensorSpec SPEC = TensorSpec.float32(300_000);

    @TempDir Path directory;
    private final BlockingQueue<FrameHeader> landed = new LinkedBlockingQueue<>();
    private final BlockingQueue<FrameHeader> lost = new LinkedBlockingQueue<>();
    private final OutboundTensor tensor = random(new Random(1), SPEC);
    private DataPlane plane;

    private final LandingSlots.Listener listener =
            new LandingSlots.Listener() {
                @Override
                public void landed(FrameHeader header) {
                    landed.add(header);
                }

                @Override
                public void lost(FrameHeader header, DropReason reason) {
                    assertEquals(DropReason.REFUSED, reason);
                    lost.add(header);
                }
            };

    @BeforeEach
    void start() {
        plane = Frames.start(DataPlaneConfig.defaults().withDirectory(directory));
    }

    /** Gives up soon, where that is what is to be seen. */
    private void restart(Duration offerTimeout) {
        plane.close();
        plane =
                Frames.start(
                        DataPlaneConfig.defaults()
                                .withDirectory(directory)
                                .withOfferTimeout(offerTimeout));
    }

    @AfterEach
    void stop() {
        plane.close();
        assertEquals(0, plane.faults());
    }

    private LandingSlots<ByteBuffer> slots(LandingSlots.Policy policy) {
        LandingSlots<ByteBuffer> slots =
                new LandingSlots<>(List.of(SPEC), Frames.places(2, SPEC), policy, listener);
        plane.endpoint(3, slots).fence(Frames.RUN, 0);
        return slots;
    }

    private void sendTen() {
        TensorPublisher publisher = plane.publisher(3);
        for (int batch = 0; batch < 10; batch++) {
            assertEquals(SendResult.SENT, publisher.send(header(batch), List.of(tensor)));
        }
    }

    @Test
    void skipsToTheNewestBatchAndStallsNobody() {
        LandingSlots<ByteBuffer> slots = slots(LandingSlots.Policy.DROP_OLDEST_UNCLAIMED);
        TensorPublisher publisher = plane.publisher(3);
        publisher.send(header(100), List.of(tensor));
        Frames.await(() -> landed.size() == 1);
        LandingSlots<ByteBuffer>.Landed inWork = slots.claim(header(100)).orElseThrow();

        sendTen();

        Frames.await(() -> landed.size() == 11);
        LandingSlots<ByteBuffer>.Landed next = slots.claimNewest().orElseThrow();
        assertEquals(header(9), next.header());
        assertEquals(tensor.bytes(), next.memory());
        assertEquals(header(100), inWork.header());
        assertEquals(tensor.bytes(), inWork.memory());
        assertEquals(9, slots.lost());
        assertEquals(9, lost.size());
        assertEquals(header(0), lost.peek());
        assertTrue(slots.claimOldest().isEmpty());
    }

    @Test
    void keepsTheOldestBatchesIfTold() {
        LandingSlots<ByteBuffer> slots = slots(LandingSlots.Policy.DROP_NEWEST);

        sendTen();

        Frames.await(() -> plane.counters().dropped(DropReason.REFUSED) == 8);
        assertEquals(header(0), slots.claimOldest().orElseThrow().header());
        assertEquals(header(1), slots.claimOldest().orElseThrow().header());
        assertEquals(8, slots.lost());
        assertEquals(8, lost.size());
        assertEquals(header(2), lost.peek());
    }

    @Test
    void senderIsToldWhenThePollThreadIsStuckAndNothingIsLostSilently() throws Exception {
        restart(Duration.ofMillis(300));
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        Inbox inbox = new Inbox();
        Landing slow =
                (header, tensors) -> {
                    if (header.batchId() == 0) {
                        stuck.countDown();
                        awaitQuietly(free);
                    }
                    return inbox.begin(header, tensors);
                };
        Endpoint endpoint = plane.endpoint(3, slow);
        endpoint.fence(Frames.RUN, 0);
        TensorPublisher publisher = plane.publisher(3);

        SendResult first = publisher.send(header(0), List.of(tensor));
        stuck.await();
        SendResult second = publisher.send(header(1), List.of(tensor));
        free.countDown();
        Frames.await(() -> inbox.begun.get() >= 1);
        SendResult third = SendResult.BACK_PRESSURED;
        for (int batch = 2; third != SendResult.SENT; batch++) {
            third = publisher.send(header(batch), List.of(tensor));
        }

        // 1.2 MB do not fit the half term of 512 KB that may lie unread.
        assertEquals(SendResult.BACK_PRESSURED, first);
        assertEquals(SendResult.BACK_PRESSURED, second);
        FrameCounters sent = publisher.counters();
        assertEquals(1, sent.sends(SendResult.SENT));
        assertTrue(sent.sends(SendResult.BACK_PRESSURED) >= 2);
        assertEquals(SPEC.byteLength(), sent.sentBytes());
        assertTrue(inbox.next().header().batchId() >= 2);
        Frames.await(() -> endpoint.counters().dropped(DropReason.TRUNCATED) >= 1);
        assertEquals(
                new Inbox.Abandoned(header(0), DropReason.TRUNCATED),
                inbox.abandoned.poll(20, TimeUnit.SECONDS));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void senderIsToldWhenNobodyReceives() {
        restart(Duration.ofMillis(300));
        TensorPublisher publisher = plane.publisher(3);

        assertEquals(SendResult.NOT_CONNECTED, publisher.send(header(0), List.of(tensor)));

        assertEquals(1, plane.counters().sends(SendResult.NOT_CONNECTED));
        assertEquals(0, plane.counters().sentBytes());
    }

    @Test
    void anInterruptEndsTheWait() {
        restart(Duration.ofHours(1));
        TensorPublisher publisher = plane.publisher(3);

        Thread.currentThread().interrupt();
        SendResult result = publisher.send(header(0), List.of(tensor));

        assertTrue(Thread.interrupted(), "the thread stays interrupted");
        assertEquals(SendResult.NOT_CONNECTED, result);
    }
}
