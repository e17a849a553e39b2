package io.aktnode.protocol.tensor;

import io.aktnode.fuzz.Input;
import io.aktnode.fuzz.Limits;
import io.aktnode.protocol.frame.DropReason;
import io.aktnode.protocol.frame.FrameDecryptor;
import io.aktnode.protocol.frame.FrameEncryptor;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKey;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.FrameReader;
import io.aktnode.protocol.frame.FrameWriter;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What one session brings: messages in any order, damaged, of other runs, incarnations and
 * versions. Each is landed whole or dropped, lent memory is kept to, and a good frame lands after
 * all of it.
 */
class FrameAssemblyFuzzTest {

    private static final long RUN = 7;
    private static final int INCARNATION = 3;
    private static final List<TensorSpec> LAYOUT =
            List.of(TensorSpec.float32(2, 4), TensorSpec.int32(0), TensorSpec.int32(5));
    private static final int PAYLOAD = 52;
    private static final int GUARD = 16;
    private static final byte UNTOUCHED = 0x5A;
    private static final int MOST_MESSAGES = 12;
    private static final int SMALLEST = 12;
    private static final long MAX_FRAME_BYTES = 64 << 20;
    private static final long ALLOWED_BYTES = 1 << 20;

    private static final int STREAM = RoleId.student(0).streamId();
    private static final FrameKey KEY = FrameKey.of(new byte[FrameKey.BYTES]);

    private final FrameWriter writer = new FrameWriter();
    private final FrameEncryptor encryptor = new FrameEncryptor(KEY, STREAM, new SecureRandom());
    private final List<byte[]> plainSamples = samples(false);
    private final List<byte[]> samples =
            Stream.concat(plainSamples.stream(), samples(true).stream()).toList();

    @Provide
    Arbitrary<List<Input>> sessions() {
        return Input.from(samples, List.of(), 1).list().ofMaxSize(MOST_MESSAGES);
    }

    @Property(tries = 20_000, seed = "20260101", edgeCases = EdgeCasesMode.NONE)
    void survivesThousandsOfSessions(
            @ForAll("sessions") List<Input> session, @ForAll boolean encrypted) {
        survives(session, encrypted);
    }

    @Property(tries = 1_000_000, edgeCases = EdgeCasesMode.NONE)
    @Tag("campaign")
    void survivesAMillionSessions(
            @ForAll("sessions") List<Input> session, @ForAll boolean encrypted) {
        survives(session, encrypted);
    }

    /**
     * @param encrypted whether the session must prove that it knows the key
     */
    private void survives(List<Input> session, boolean encrypted) {
        List<byte[]> messages = new ArrayList<>();
        for (Input input : session) {
            byte[] bytes = input.bytes().clone();
            if (input.fit() && input.sample() < plainSamples.size() && bytes.length >= SMALLEST) {
                writer.seal(new UnsafeBuffer(bytes), 0, bytes.length);
            }
            messages.add(bytes);
        }
        Memory memory = new Memory();
        FrameAssembly assembly =
                new FrameAssembly(
                        1,
                        new FrameReader(MAX_FRAME_BYTES),
                        memory,
                        encrypted ? new FrameDecryptor(KEY, STREAM) : null);
        Limits.read(session, ALLOWED_BYTES, () -> messages.forEach(bytes -> give(assembly, bytes)));
        int landed = memory.landed;
        List<byte[]> good = frame(RUN, INCARNATION + 1, 1_000_000, LAYOUT, PAYLOAD);
        (encrypted ? encrypt(good, 1_000_000) : good).forEach(bytes -> give(assembly, bytes));
        require(memory.landed == landed + 1, "a good frame does not land any more");
        require(!memory.lent, "memory is still lent");
        require(memory.intact(), "written outside the lent memory");
    }

    private static void give(FrameAssembly assembly, byte[] message) {
        assembly.onMessage(new UnsafeBuffer(message), 0, message.length);
    }

    private static void require(boolean fact, String otherwise) {
        if (!fact) {
            throw new AssertionError(otherwise);
        }
    }

    private List<byte[]> samples(boolean encrypted) {
        List<byte[]> all = new ArrayList<>();
        List<List<byte[]>> frames =
                List.of(
                        frame(RUN, INCARNATION, 0, LAYOUT, 20),
                        frame(RUN, INCARNATION, 1, LAYOUT, PAYLOAD),
                        frame(RUN, INCARNATION + 1, 2, LAYOUT, 50),
                        frame(RUN, INCARNATION - 1, 3, LAYOUT, 30),
                        frame(RUN + 1, INCARNATION, 4, LAYOUT, 30),
                        frame(RUN, INCARNATION, 5, List.of(), 1),
                        frame(RUN, INCARNATION, 6, List.of(TensorSpec.float32(3)), 12),
                        // As large as frames may be, and larger; their chunks never come.
                        frame(RUN, INCARNATION, 7, List.of(TensorSpec.float32(1 << 24)), 0),
                        frame(RUN, INCARNATION, 8, List.of(TensorSpec.float32(1 << 28)), 0));
        for (int sequence = 0; sequence < frames.size(); sequence++) {
            List<byte[]> frame = frames.get(sequence);
            all.addAll(encrypted ? encrypt(frame, sequence) : frame);
        }
        for (int field : new int[] {4, 6, 12}) {
            // Another schema, another version of it, another protocol version.
            byte[] other = all.get(0).clone();
            other[field] ^= 1;
            if (!encrypted) {
                writer.seal(new UnsafeBuffer(other), 0, other.length);
            }
            all.add(other);
        }
        return all;
    }

    private List<byte[]> encrypt(List<byte[]> frame, long sequence) {
        List<byte[]> messages = new ArrayList<>();
        encryptor.beginFrame();
        for (byte[] message : frame) {
            encryptor.plain(message.length).putBytes(0, message);
            byte[] sealed = new byte[encryptor.encrypt(message.length, sequence, messages.size())];
            encryptor.encrypted().getBytes(0, sealed);
            messages.add(sealed);
        }
        return messages;
    }

    /**
     * @param chunk payload bytes of each chunk; 0 for none at all
     */
    private List<byte[]> frame(
            long run, int incarnation, long sequence, List<TensorSpec> tensors, int chunk) {
        FrameHeader header =
                new FrameHeader(run, incarnation, sequence, RoleId.TEACHER, FrameKind.LOGITS, 0);
        List<byte[]> messages = new ArrayList<>();
        byte[] start = new byte[FrameWriter.startBytes(tensors.size())];
        writer.start(new UnsafeBuffer(start), 0, header, tensors, sequence);
        messages.add(start);
        int total = tensors.stream().mapToInt(TensorSpec::byteLength).sum();
        for (int at = 0, index = 0; chunk > 0 && at < total; at += chunk, index++) {
            int payload = Math.min(chunk, total - at);
            byte[] message = new byte[FrameWriter.CHUNK_OVERHEAD_BYTES + payload];
            UnsafeBuffer buffer = new UnsafeBuffer(message);
            int from = writer.chunk(buffer, 0, sequence, index, at, payload);
            Arrays.fill(message, from, message.length, (byte) index);
            writer.seal(buffer, 0, message.length);
            messages.add(message);
        }
        return messages;
    }

    /** The owner of one place, with guards around its memory. */
    private static final class Memory implements FrameAssembly.Host, Landing, Landing.Slot {

        private final ByteBuffer all = ByteBuffer.allocate(4 * GUARD + PAYLOAD);
        private final List<ByteBuffer> places = new ArrayList<>();
        private final ReplayFence replays = new ReplayFence();
        private boolean lent;
        private int landed;

        Memory() {
            Arrays.fill(all.array(), UNTOUCHED);
            int at = GUARD;
            for (TensorSpec tensor : LAYOUT) {
                places.add(all.duplicate().limit(at + tensor.byteLength()).position(at));
                at += tensor.byteLength() + GUARD;
            }
        }

        boolean intact() {
            int at = 0;
            for (ByteBuffer place : places) {
                for (; at < place.position(); at++) {
                    if (all.get(at) != UNTOUCHED) {
                        return false;
                    }
                }
                at = place.limit();
            }
            for (; at < all.capacity(); at++) {
                if (all.get(at) != UNTOUCHED) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public DropReason fenced(FrameHeader header) {
            if (header.runId() != RUN) {
                return DropReason.FOREIGN_RUN;
            }
            return header.incarnation() < INCARNATION ? DropReason.OLD_INCARNATION : null;
        }

        @Override
        public ReplayFence replays() {
            return replays;
        }

        @Override
        public Landing landing() {
            return this;
        }

        @Override
        public Landing.Slot begin(FrameHeader header, List<TensorSpec> tensors) {
            if (!tensors.equals(LAYOUT)) {
                throw new WrongLayoutException(header + " brings " + tensors);
            }
            require(!lent, "memory lent twice");
            lent = true;
            return this;
        }

        @Override
        public ByteBuffer destination(int tensor) {
            return places.get(tensor);
        }

        @Override
        public void complete(FrameHeader header) {
            require(lent, "a frame completed that never began");
            lent = false;
            landed++;
        }

        @Override
        public void abandon(FrameHeader header, DropReason reason) {
            require(lent, "a frame abandoned that never began");
            lent = false;
        }

        @Override
        public void received(long bytes) {
            require(bytes == PAYLOAD, "another length received");
        }

        @Override
        public void dropped(
                DropReason reason,
                int sessionId,
                FrameHeader header,
                String detail,
                Throwable cause) {
            require(reason != DropReason.LANDING_FAILED, "the landing failed: " + cause);
        }
    }
}
