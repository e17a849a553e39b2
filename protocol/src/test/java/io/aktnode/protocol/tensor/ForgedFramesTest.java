package io.aktnode.protocol.tensor;

import static io.aktnode.protocol.tensor.Frames.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aktnode.protocol.frame.DropReason;
import io.aktnode.protocol.frame.FrameEncryptor;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKey;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.FrameWriter;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever can send packets, but has no key, gets nothing in: not new, not changed, not again. */
@Timeout(60)
class ForgedFramesTest {

    private static final int STREAM = RoleId.TEACHER.streamId();
    private static final List<TensorSpec> TENSORS = List.of(TensorSpec.float32(256));
    private static final int HALF = 512;

    @TempDir Path directory;
    private final Inbox inbox = new Inbox();
    private final SecureRandom random = new SecureRandom();
    private final FrameKey key = FrameKey.draw(random);
    private final FrameWriter writer = new FrameWriter();
    private final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(64 * 1024));
    private DataPlane plane;
    private Endpoint endpoint;
    private Aeron aeron;
    private ExclusivePublication wire;

    /** The messages of one frame as an eavesdropper has them: a start, then two chunks. */
    private record Captured(byte[] start, byte[] first, byte[] second) {}

    private final class Sender {
        private final FrameEncryptor encryptor;

        private Sender(FrameKey key, int streamId) {
            this.encryptor = new FrameEncryptor(key, streamId, random);
        }

        private Captured frame(FrameHeader header, long sequence) {
            encryptor.beginFrame();
            int length = writer.start(buffer, 0, header, TENSORS, sequence);
            return new Captured(
                    encrypt(length, sequence, 0), chunk(sequence, 0), chunk(sequence, 1));
        }

        private byte[] chunk(long sequence, int index) {
            int at = writer.chunk(buffer, 0, sequence, index, (long) index * HALF, HALF);
            buffer.setMemory(at, HALF, (byte) (index + 1));
            return encrypt(at + HALF, sequence, index + 1);
        }

        private byte[] encrypt(int length, long sequence, int index) {
            encryptor.plain(length).putBytes(0, buffer, 0, length);
            byte[] message = new byte[encryptor.encrypt(length, sequence, index)];
            encryptor.encrypted().getBytes(0, message);
            return message;
        }
    }

    private Sender sender;

    @BeforeEach
    void start() {
        plane =
                Frames.start(
                        DataPlaneConfig.defaults()
                                .withDirectory(directory)
                                .withChannel("aeron:udp?endpoint=127.0.0.1:0"));
        endpoint = plane.endpoint(STREAM, inbox, Optional.empty(), Optional.of(key));
        endpoint.fence(Frames.RUN, Frames.INCARNATION);
        aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(plane.directory().toString()));
        wire = open();
        sender = new Sender(key, STREAM);
    }

    /** The node lives: a good frame still comes through. */
    @AfterEach
    void goodFramesStillArrive() throws Exception {
        send(sender.frame(header(1_000_000), 1_000_000));
        assertEquals(header(1_000_000), inbox.next().header());
        aeron.close();
        plane.close();
        assertEquals(0, plane.faults());
    }

    private ExclusivePublication open() {
        ExclusivePublication publication =
                aeron.addExclusivePublication(endpoint.channel(), STREAM);
        Frames.await(publication::isConnected);
        return publication;
    }

    private void send(byte[] message) {
        Frames.await(() -> wire.offer(new UnsafeBuffer(message)) > 0);
    }

    private void send(Captured frame) {
        send(frame.start);
        send(frame.first);
        send(frame.second);
    }

    /** Sends a frame that must arrive. */
    private Captured exchange(long batch) throws InterruptedException {
        Captured frame = sender.frame(header(batch), batch);
        send(frame);
        assertEquals(header(batch), inbox.next().header());
        return frame;
    }

    /** Each drop has been counted, once, and no other; nothing came in. */
    private void assertDropped(DropReason... reasons) throws InterruptedException {
        Map<DropReason, Long> expected = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            expected.put(reason, 0L);
        }
        for (DropReason reason : reasons) {
            expected.merge(reason, 1L, Long::sum);
        }
        Frames.await(() -> endpoint.counters().dropped() >= reasons.length);
        // A further good frame shows that nothing else was counted in between.
        exchange(999);
        Map<DropReason, Long> counted = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            counted.put(reason, endpoint.counters().dropped(reason));
        }
        assertEquals(expected, counted);
        assertTrue(inbox.frames.isEmpty());
    }

    @Test
    void aFrameSentAgainIsDropped() throws Exception {
        Captured captured = exchange(1);

        send(captured);

        assertDropped(DropReason.REPLAYED);
    }

    @Test
    void aFrameSentAgainLaterIsDropped() throws Exception {
        Captured captured = exchange(1);
        exchange(2);
        exchange(3);

        send(captured);

        assertDropped(DropReason.REPLAYED);
    }

    @Test
    void aFrameSentAgainInAnotherSessionIsDropped() throws Exception {
        Captured captured = exchange(1);
        wire.close();
        wire = open();

        send(captured);

        assertDropped(DropReason.REPLAYED);
    }

    @Test
    void aFrameHeldBackUntilItsSenderIsFarBeyondIsDropped() throws Exception {
        Captured held = new Sender(key, STREAM).frame(header(1), 1);
        exchange(1 + ReplayFence.MAX_BATCHES_BEHIND + 1);

        send(held);

        Frames.await(() -> endpoint.counters().dropped(DropReason.REPLAYED) == 1);
        assertTrue(inbox.frames.isEmpty());
    }

    @Test
    void aFrameOfAnOlderIncarnationIsDropped() throws Exception {
        FrameHeader old =
                FrameHeader.of(
                        Frames.RUN, Frames.INCARNATION - 1, 1, RoleId.TEACHER, FrameKind.LOGITS);

        send(sender.frame(old, 1));

        assertDropped(DropReason.OLD_INCARNATION);
    }

    @Test
    void aFrameOfAnotherRunIsDropped() throws Exception {
        send(
                sender.frame(
                        FrameHeader.of(8, Frames.INCARNATION, 1, RoleId.TEACHER, FrameKind.LOGITS),
                        1));

        assertDropped(DropReason.FOREIGN_RUN);
    }

    @Test
    void aChunkOfAnotherSenderDoesNotPassForTheFramesOwn() throws Exception {
        Captured mine = sender.frame(header(1), 1);
        Captured other = new Sender(key, STREAM).frame(header(1), 1);

        send(mine.start);
        send(other.first);
        send(mine.second);

        assertDropped(DropReason.REPLAYED);
    }

    @Test
    void aRepeatedChunkBreaksItsFrame() throws Exception {
        Captured frame = sender.frame(header(1), 1);

        send(frame.start);
        send(frame.first);
        send(frame.first);
        send(frame.second);

        assertDropped(DropReason.REPLAYED);
    }

    @Test
    void aPlainChunkBreaksAnEncryptedFrame() throws Exception {
        Captured frame = sender.frame(header(1), 1);
        int at = writer.chunk(buffer, 0, 1, 0, 0, HALF);
        writer.seal(buffer, 0, at + HALF);
        byte[] plain = new byte[at + HALF];
        buffer.getBytes(0, plain);

        send(frame.start);
        send(plain);
        send(frame.second);

        assertDropped(DropReason.UNENCRYPTED);
    }

    @Test
    void changedMessagesAreDropped() throws Exception {
        Captured frame = sender.frame(header(1), 1);
        frame.first[frame.first.length - 100] ^= 1;
        send(frame);
        Captured tag = sender.frame(header(2), 2);
        tag.second[tag.second.length - 1] ^= 1;
        send(tag);
        Captured start = sender.frame(header(3), 3);
        start.start[start.start.length - 40] ^= 1;
        send(start);

        assertDropped(DropReason.FORGED, DropReason.FORGED, DropReason.FORGED);
    }

    @Test
    void aFrameForAnotherStreamIsDropped() throws Exception {
        send(new Sender(key, STREAM + 1).frame(header(1), 1));

        assertDropped(DropReason.FORGED);
    }

    @Test
    void aFrameUnderAnotherKeyIsDropped() throws Exception {
        send(new Sender(FrameKey.draw(random), STREAM).frame(header(1), 1));

        assertDropped(DropReason.WRONG_KEY);
    }

    /** Frames whose messages are changed, garbage, or followed by captured ones. */
    @Test
    void survivesWhateverComes() throws Exception {
        Random chance = new Random(3);
        List<byte[]> captured = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Captured frame = sender.frame(header(i), i);
            for (byte[] message : List.of(frame.start, frame.first, frame.second)) {
                captured.add(message.clone());
                switch (chance.nextInt(12)) {
                    case 0 ->
                            message[chance.nextInt(message.length)] ^=
                                    (byte) (1 + chance.nextInt(255));
                    case 1 -> chance.nextBytes(message);
                    case 2 -> send(captured.get(chance.nextInt(captured.size())));
                    default -> {}
                }
                send(message);
            }
        }
        send(sender.frame(header(20_000), 20_000));

        List<FrameHeader> whole = new ArrayList<>();
        while (!whole.contains(header(20_000))) {
            whole.add(inbox.next().header());
        }
        assertTrue(whole.size() > 500, whole.size() + " frames came through unharmed");
        assertEquals(whole.size(), new HashSet<>(whole).size(), "none came twice");
    }
}
