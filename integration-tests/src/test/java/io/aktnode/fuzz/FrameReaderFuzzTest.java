package io.aktnode.fuzz;

import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.FrameReader;
import io.aktnode.protocol.frame.FrameWriter;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Messages of the data plane, one by one. */
class FrameReaderFuzzTest extends Fuzzing {

    /** Header and checksum: shorter messages have no checksum to fit. */
    private static final int SMALLEST = 12;

    private static final long MAX_FRAME_BYTES = 1 << 20;

    /** Lives as long as an endpoint's: what a bad message leaves behind must do no harm. */
    private final FrameReader reader = new FrameReader(MAX_FRAME_BYTES);

    private final FrameWriter writer = new FrameWriter();

    FrameReaderFuzzTest() {
        super(
                List.of(
                        start(List.of(TensorSpec.float32(2, 3), TensorSpec.int32(4))),
                        start(List.of()),
                        start(Collections.nCopies(40, TensorSpec.float32())),
                        chunk(64),
                        chunk(1)),
                List.of(),
                1 << 16,
                100);
    }

    private static byte[] start(List<TensorSpec> tensors) {
        byte[] bytes = new byte[FrameWriter.startBytes(tensors.size())];
        FrameHeader header = new FrameHeader(7, 3, 41, RoleId.student(2), FrameKind.LOGITS, 0.5);
        new FrameWriter().start(new UnsafeBuffer(bytes), 0, header, tensors, 5);
        return bytes;
    }

    private static byte[] chunk(int payload) {
        byte[] bytes = new byte[FrameWriter.CHUNK_OVERHEAD_BYTES + payload];
        UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        FrameWriter writer = new FrameWriter();
        Arrays.fill(bytes, writer.chunk(buffer, 0, 5, 0, 0, payload), bytes.length, (byte) 9);
        writer.seal(buffer, 0, bytes.length);
        return bytes;
    }

    @Override
    byte[] prepare(Input input) {
        byte[] bytes = input.bytes().clone();
        if (input.fit() && bytes.length >= SMALLEST) {
            writer.seal(new UnsafeBuffer(bytes), 0, bytes.length);
        }
        return bytes;
    }

    /** Nothing is ever thrown, and what is said to be there lies within the message. */
    @Override
    void read(byte[] bytes) {
        // A buffer of the message's own length: reading beyond it throws.
        UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        reader.isChunkOf(5, buffer, 0, bytes.length);
        switch (reader.read(buffer, 0, bytes.length)) {
            case BAD -> require(reader.problem() != null && reader.detail() != null, "no reason");
            case START -> {
                long total = 0;
                for (TensorSpec tensor : reader.tensors()) {
                    total += tensor.byteLength();
                }
                require(total == reader.payloadBytes(), "table and length differ");
                require(total <= MAX_FRAME_BYTES, "a frame above the limit");
                require(reader.header().toString().length() > 0, "no header");
            }
            case CHUNK ->
                    require(
                            reader.chunkBytes() > 0
                                    && reader.chunkPosition() + reader.chunkBytes() <= bytes.length,
                            "a payload outside its message");
        }
    }

    private static void require(boolean fact, String otherwise) {
        if (!fact) {
            throw new AssertionError(otherwise);
        }
    }
}
