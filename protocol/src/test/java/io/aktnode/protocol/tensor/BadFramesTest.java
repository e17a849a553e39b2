package io.aktnode.protocol.tensor;

import static io.aktnode.protocol.tensor.Frames.assertArrived;
import static io.aktnode.protocol.tensor.Frames.header;
import static io.aktnode.protocol.tensor.Frames.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FrameDescriptor;
import io.aktnode.protocol.frame.DropReason;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.FrameWriter;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever an ordinary Aeron publication brings, the node drops it, counts it and lives. */
@Timeout(60)
class BadFramesTest {

    private static final int STREAM = RoleId.TEACHER.streamId();
    private static final List<TensorSpec> TENSORS = List.of(TensorSpec.float32(256));
    private static final int BYTES = 1024;
    private static final int HALF = 512;

    @TempDir Path directory;
    private final Inbox inbox = new Inbox();
    private final FrameWriter writer = new FrameWriter();
    private final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(64 * 1024));
    private DataPlane plane;
    private Endpoint endpoint;
    private Aeron aeron;
    private ExclusivePublication raw;

    @BeforeEach
    void start() {
        plane = Frames.start(directory);
        endpoint = plane.endpoint(STREAM, inbox);
        endpoint.fence(Frames.RUN, Frames.INCARNATION);
        aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(plane.directory().toString()));
        raw = aeron.addExclusivePublication("aeron:ipc", STREAM);
        Frames.await(raw::isConnected);
    }

    /** The node lives: a good frame still comes through, on the same and on another publication. */
    @AfterEach
    void goodFramesStillArrive() throws Exception {
        List<OutboundTensor> tensors = List.of(random(new Random(1), TENSORS.get(0)));
        start(header(1_000_000), 1_000_000);
        chunk(1_000_000, 0, 0, BYTES);
        assertEquals(header(1_000_000), inbox.next().header());
        try (TensorPublisher publisher = plane.publisher(STREAM)) {
            assertEquals(SendResult.SENT, publisher.send(header(1_000_001), tensors));
            assertArrived(inbox.next(), header(1_000_001), tensors);
        }
        aeron.close();
        plane.close();
        assertEquals(0, plane.faults());
    }

    private void offer(int length) {
        Frames.await(() -> raw.offer(buffer, 0, length) > 0);
    }

    private void start(FrameHeader header, long sequence) {
        offer(writer.start(buffer, 0, header, TENSORS, sequence));
    }

    private int writeChunk(long sequence, int index, long offset, int bytes) {
        int at = writer.chunk(buffer, 0, sequence, index, offset, bytes);
        buffer.setMemory(at, bytes, (byte) index);
        writer.seal(buffer, 0, at + bytes);
        return at + bytes;
    }

    private void chunk(long sequence, int index, long offset, int bytes) {
        offer(writeChunk(sequence, index, offset, bytes));
    }

    /** Each drop has been counted, once, and no other. */
    private void assertDropped(DropReason... reasons) {
        Map<DropReason, Long> expected = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            expected.put(reason, 0L);
        }
        for (DropReason reason : reasons) {
            expected.merge(reason, 1L, Long::sum);
        }
        Frames.await(() -> endpoint.counters().dropped() >= reasons.length);
        // A further good frame shows that nothing else was counted in between.
        start(header(999), 999);
        chunk(999, 0, 0, BYTES);
        awaitFrame(999);
        Map<DropReason, Long> counted = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            counted.put(reason, endpoint.counters().dropped(reason));
        }
        assertEquals(expected, counted);
    }

    private void awaitFrame(long batch) {
        try {
            assertEquals(header(batch), inbox.next().header());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void assertAbandoned(DropReason reason) throws InterruptedException {
        assertEquals(
                new Inbox.Abandoned(header(1), reason), inbox.abandoned.poll(20, TimeUnit.SECONDS));
    }

    @Test
    void dropsAFrameWhoseSenderBeginsAnotherOne() throws Exception {
        start(header(1), 1);
        chunk(1, 0, 0, HALF);
        start(header(2), 2);
        chunk(2, 0, 0, BYTES);

        awaitFrame(2);
        assertAbandoned(DropReason.TRUNCATED);
        assertDropped(DropReason.TRUNCATED);
    }

    @Test
    void dropsAFrameWhoseSenderGoesAway() throws Exception {
        start(header(1), 1);
        chunk(1, 0, 0, HALF);
        raw.close();
        raw = aeron.addExclusivePublication("aeron:ipc", STREAM);

        assertAbandoned(DropReason.TRUNCATED);
        assertDropped(DropReason.TRUNCATED);
    }

    @Test
    void dropsAFrameWithAMissingChunk() throws Exception {
        start(header(1), 1);
        chunk(1, 1, HALF, HALF);
        chunk(1, 2, BYTES - 4, 4);

        assertAbandoned(DropReason.TRUNCATED);
        assertDropped(DropReason.TRUNCATED);
    }

    @Test
    void dropsAFrameWithARepeatedChunk() throws Exception {
        start(header(1), 1);
        chunk(1, 0, 0, HALF);
        chunk(1, 0, 0, HALF);
        chunk(1, 1, HALF, HALF);

        assertAbandoned(DropReason.TRUNCATED);
        assertDropped(DropReason.TRUNCATED);
    }

    @Test
    void dropsAFrameWithAChunkOfTheWrongNumber() throws Exception {
        start(header(1), 1);
        chunk(1, 0, 0, HALF);
        chunk(1, 2, HALF, HALF);

        assertAbandoned(DropReason.TRUNCATED);
        assertDropped(DropReason.TRUNCATED);
    }

    @Test
    void dropsAFrameWithAChunkInTheWrongPlace() throws Exception {
        start(header(1), 1);
        chunk(1, 0, 0, HALF);
        chunk(1, 1, HALF + 4, HALF);

        assertAbandoned(DropReason.TRUNCATED);
        assertDropped(DropReason.TRUNCATED);
    }

    @Test
    void dropsAFrameWithMoreBytesThanItsTable() throws Exception {
        start(header(1), 1);
        chunk(1, 0, 0, HALF);
        chunk(1, 1, HALF, BYTES);

        assertAbandoned(DropReason.TRUNCATED);
        assertDropped(DropReason.TRUNCATED);
    }

    @Test
    void dropsAFrameWithAChunkOfAnother() throws Exception {
        start(header(1), 1);
        chunk(2, 0, 0, BYTES);

        assertAbandoned(DropReason.TRUNCATED);
        assertDropped(DropReason.TRUNCATED);
    }

    @Test
    void dropsChunksWithoutAStart() {
        chunk(1, 3, HALF, HALF);
        chunk(1, 4, BYTES, HALF);

        assertDropped(DropReason.TRUNCATED);
    }

    @Test
    void dropsAFrameWithACorruptedChunk() throws Exception {
        start(header(1), 1);
        int length = writeChunk(1, 0, 0, HALF);
        buffer.putByte(length - 100, (byte) 99);
        offer(length);
        chunk(1, 1, HALF, HALF);

        assertAbandoned(DropReason.CORRUPTED);
        assertDropped(DropReason.CORRUPTED);
    }

    @Test
    void dropsAFrameWithACorruptedStart() {
        int length = writer.start(buffer, 0, header(1), TENSORS, 1);
        buffer.putByte(length - 20, (byte) 99);
        offer(length);
        chunk(1, 0, 0, HALF);
        chunk(1, 1, HALF, HALF);

        assertDropped(DropReason.CORRUPTED);
    }

    @Test
    void dropsAFrameOfAnOlderVersion() {
        int length = writer.start(buffer, 0, header(1), TENSORS, 1);
        buffer.putShort(6, (short) 1, ByteOrder.LITTLE_ENDIAN);
        offer(length);
        chunk(1, 0, 0, BYTES);

        assertDropped(DropReason.UNKNOWN_VERSION);
    }

    @Test
    void dropsAFrameOfAnotherRun() {
        start(FrameHeader.of(8, Frames.INCARNATION, 1, RoleId.TEACHER, FrameKind.LOGITS), 1);
        chunk(1, 0, 0, HALF);
        chunk(1, 1, HALF, HALF);

        assertDropped(DropReason.FOREIGN_RUN);
    }

    @Test
    void dropsAFrameOfAnOlderIncarnation() {
        start(
                FrameHeader.of(
                        Frames.RUN, Frames.INCARNATION - 1, 1, RoleId.TEACHER, FrameKind.LOGITS),
                1);
        chunk(1, 0, 0, BYTES);

        assertDropped(DropReason.OLD_INCARNATION);
    }

    @Test
    void takesAFrameOfALaterIncarnation() throws Exception {
        FrameHeader later =
                FrameHeader.of(
                        Frames.RUN, Frames.INCARNATION + 1, 1, RoleId.TEACHER, FrameKind.LOGITS);
        start(later, 1);
        chunk(1, 0, 0, BYTES);

        assertEquals(later, inbox.next().header());
        assertDropped();
    }

    @Test
    void dropsAFrameThatIsFencedOffWhileItArrives() throws Exception {
        start(header(1), 1);
        chunk(1, 0, 0, HALF);
        Frames.await(() -> inbox.begun.get() == 1);

        endpoint.fence(Frames.RUN, Frames.INCARNATION + 1);

        assertAbandoned(DropReason.OLD_INCARNATION);
        chunk(1, 1, HALF, HALF);
        endpoint.fence(Frames.RUN, Frames.INCARNATION);
        assertDropped(DropReason.OLD_INCARNATION);
    }

    @Test
    void dropsEverythingBeforeAFenceIsSet() {
        Endpoint fenceless = plane.endpoint(STREAM + 1, inbox);
        TensorPublisher publisher = plane.publisher(STREAM + 1);

        publisher.send(header(1), List.of());

        Frames.await(() -> fenceless.counters().dropped(DropReason.FOREIGN_RUN) == 1);
        assertEquals(0, inbox.begun.get());
    }

    @Test
    void dropsAFrameTheOwnerRefuses() {
        inbox.refuse = true;
        start(header(1), 1);
        chunk(1, 0, 0, HALF);
        chunk(1, 1, HALF, HALF);
        Frames.await(() -> endpoint.counters().dropped() == 1);
        inbox.refuse = false;

        assertDropped(DropReason.REFUSED);
    }

    @Test
    void dropsAFrameWhoseTensorsTheOwnerHasNoRoomFor() throws Exception {
        inbox.bytesTooMany = 4;
        start(header(1), 1);
        chunk(1, 0, 0, BYTES);
        Frames.await(() -> endpoint.counters().dropped() == 1);
        inbox.bytesTooMany = 0;

        assertAbandoned(DropReason.WRONG_LAYOUT);
        assertDropped(DropReason.WRONG_LAYOUT);
    }

    @Test
    void survivesAnOwnerThatThrows() {
        inbox.fail = "begin";
        start(header(1), 1);
        chunk(1, 0, 0, BYTES);
        Frames.await(() -> endpoint.counters().dropped() == 1);
        inbox.fail = "complete";
        start(header(2), 2);
        chunk(2, 0, 0, BYTES);
        Frames.await(() -> endpoint.counters().dropped() == 2);
        inbox.fail = "";

        assertDropped(DropReason.LANDING_FAILED, DropReason.LANDING_FAILED);
        Frames.await(() -> endpoint.counters().receivedFrames() == 1);
    }

    @Test
    void survivesMessagesLongerThanAFragment() {
        byte[] garbage = new byte[100_000];
        new Random(2).nextBytes(garbage);

        Frames.await(() -> raw.offer(new UnsafeBuffer(garbage)) > 0);

        Frames.await(() -> endpoint.counters().dropped() == 1);
    }

    /** Sends what is in the buffer from a place on as one fragment with these flags. */
    private void fragment(byte flags, int offset, int length) {
        BufferClaim claim = new BufferClaim();
        Frames.await(() -> raw.tryClaim(length, claim) > 0);
        claim.putBytes(buffer, offset, length).flags(flags).commit();
    }

    @Test
    void takesTheLongestStartInFragments() throws Exception {
        List<TensorSpec> most = Collections.nCopies(FrameWriter.MAX_TENSORS, TENSORS.get(0));
        int length = writer.start(buffer, 0, header(1), most, 1);
        fragment(FrameDescriptor.BEGIN_FRAG_FLAG, 0, 5_000);
        fragment((byte) 0, 5_000, 20_000);
        fragment(FrameDescriptor.END_FRAG_FLAG, 25_000, length - 25_000);
        Frames.await(() -> inbox.begun.get() == 1);
        assertEquals(0, endpoint.counters().dropped());

        start(header(2), 2);
        chunk(2, 0, 0, BYTES);

        awaitFrame(2);
        assertDropped(DropReason.TRUNCATED);
    }

    /** Such as a term full of fragments none of which is the last. */
    @Test
    void givesUpAMessageInFragmentsThatIsTooLong() {
        int half = Fragments.MOST_BYTES / 2 + 1;
        fragment(FrameDescriptor.BEGIN_FRAG_FLAG, 0, half);
        for (int i = 0; i < 20; i++) {
            fragment((byte) 0, 0, half);
        }
        fragment(FrameDescriptor.END_FRAG_FLAG, 0, half);

        assertDropped(DropReason.MALFORMED);
    }

    @Test
    void passesOverFragmentsWithoutABeginning() {
        fragment((byte) 0, 0, 100);
        fragment(FrameDescriptor.END_FRAG_FLAG, 0, 100);

        assertDropped();
    }

    /** Makes something else of the message in the buffer, or leaves it; returns its length. */
    private int mutate(Random random, int length) {
        switch (random.nextInt(20)) {
            case 0 -> {
                return 1 + random.nextInt(length);
            }
            case 1 -> buffer.putByte(random.nextInt(length), (byte) random.nextInt());
            case 2 -> {
                buffer.putByte(random.nextInt(length), (byte) random.nextInt());
                writer.seal(buffer, 0, length);
            }
            case 3 -> {
                byte[] garbage = new byte[length];
                random.nextBytes(garbage);
                buffer.putBytes(0, garbage);
            }
            default -> {
                return length;
            }
        }
        return length;
    }

    /** Good frames whose messages are left out, repeated, cut, changed, or garbage. */
    @Test
    void survivesWhateverComes() {
        Random random = new Random(3);
        for (int i = 0; i < 10_000; i++) {
            for (int message = 0; message < 3; message++) {
                int times = 1;
                if (random.nextInt(5) == 0) {
                    times = random.nextInt(3);
                }
                for (int t = 0; t < times; t++) {
                    int length =
                            message == 0
                                    ? writer.start(buffer, 0, header(i), TENSORS, i)
                                    : writeChunk(i, message - 1, (message - 1) * HALF, HALF);
                    offer(mutate(random, length));
                }
            }
        }
        start(header(20_000), 20_000);
        chunk(20_000, 0, 0, BYTES);

        List<FrameHeader> whole = new ArrayList<>();
        Frames.await(
                () -> {
                    Inbox.Frame frame = inbox.frames.poll();
                    if (frame != null) {
                        whole.add(frame.header());
                    }
                    return !whole.isEmpty() && whole.get(whole.size() - 1).equals(header(20_000));
                });
        assertTrue(whole.size() > 1000, whole.size() + " frames were whole by chance");
        assertEquals(
                inbox.begun.get(),
                whole.size() + inbox.abandoned.size(),
                "each frame that began has ended");
        Frames.await(() -> endpoint.counters().receivedFrames() == whole.size());
    }
}
