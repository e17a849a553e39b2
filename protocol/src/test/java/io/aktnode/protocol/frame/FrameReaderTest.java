package io.aktnode.protocol.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.protocol.frame.FrameReader.Message;
import io.aktnode.protocol.frame.codec.FrameStartEncoder;
import io.aktnode.protocol.frame.codec.MessageHeaderEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class FrameReaderTest {

    private static final int MAX_FRAME_BYTES = 1 << 20;
    private static final int OFFSET = 24;
    private static final int BLOCK = OFFSET + MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int FIRST_ENTRY = OFFSET + FrameWriter.startBytes(0);
    private static final FrameHeader HEADER =
            new FrameHeader(
                    0x1122334455667788L,
                    3,
                    1_000_000_007L,
                    RoleId.student(2),
                    FrameKind.LOGITS,
                    -0.5);
    private static final List<TensorSpec> TENSORS =
            List.of(TensorSpec.float32(16, 10), TensorSpec.int32(16), TensorSpec.float32(4, 0));

    private final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(64 * 1024));
    private final FrameWriter writer = new FrameWriter();
    private final FrameReader reader = new FrameReader(MAX_FRAME_BYTES);

    private int writeStart(List<TensorSpec> tensors) {
        return writer.start(buffer, OFFSET, HEADER, tensors, 41);
    }

    private Message readStart() {
        return reader.read(buffer, OFFSET, FrameWriter.startBytes(TENSORS.size()));
    }

    @Test
    void readsWhatTheWriterWrote() {
        int length = writeStart(TENSORS);

        assertEquals(Message.START, reader.read(buffer, OFFSET, length));
        assertEquals(HEADER, reader.header());
        assertEquals(TENSORS, reader.tensors());
        assertEquals(41, reader.sequence());
        assertEquals(4 * (160 + 16), reader.payloadBytes());
    }

    @ParameterizedTest
    @EnumSource(FrameKind.class)
    void readsEveryKind(FrameKind kind) {
        FrameHeader header = FrameHeader.of(1, 0, 0, RoleId.GENERATOR, kind);

        int length = writer.start(buffer, OFFSET, header, List.of(), 0);

        assertEquals(Message.START, reader.read(buffer, OFFSET, length));
        assertEquals(header, reader.header());
    }

    @Test
    void readsAChunkTheWriterWrote() {
        int at = writer.chunk(buffer, OFFSET, 41, 5, 12_345, 7);
        buffer.putStringWithoutLengthAscii(at, "payload");
        writer.seal(buffer, OFFSET, at + 7 - OFFSET);

        assertEquals(Message.CHUNK, reader.read(buffer, OFFSET, at + 7 - OFFSET));
        assertEquals(41, reader.sequence());
        assertEquals(5, reader.chunkIndex());
        assertEquals(12_345, reader.payloadOffset());
        assertEquals(
                "payload",
                buffer.getStringWithoutLengthAscii(reader.chunkPosition(), reader.chunkBytes()));
        assertTrue(reader.isChunkOf(41, buffer, OFFSET, at + 7 - OFFSET));
        assertFalse(reader.isChunkOf(42, buffer, OFFSET, at + 7 - OFFSET));
    }

    /** Nodes of different builds meet on the wire: these bytes change only with a new version. */
    @Test
    void bytesOnTheWireAreThoseOfProtocolVersionTwo() {
        int length = writer.start(buffer, 0, HEADER, List.of(TensorSpec.float32(16, 10)), 41);
        byte[] bytes = new byte[length];
        buffer.getBytes(0, bytes);

        assertEquals(
                "3800"
                        + "0100"
                        + "4a41"
                        + "0200" // block of 56 bytes, template, schema, version
                        + "CRC32C.." // checked below
                        + "0200"
                        + "02"
                        + "03" // protocol version, LOGITS, STUDENT
                        + "02000000"
                        + "03000000" // instance, incarnation
                        + "8877665544332211" // run
                        + "07ca9a3b00000000" // batch
                        + "000000000000e0bf" // scalar
                        + "2900000000000000" // sequence
                        + "8002000000000000" // payload bytes
                        + "2200"
                        + "0100" // entry of 34 bytes, one of them
                        + "01"
                        + "02" // FLOAT32, rank
                        + "100000000a000000"
                        + "00".repeat(16) // extents
                        + "8002000000000000", // bytes
                HexFormat.of().formatHex(bytes).replaceFirst("^(.{16}).{8}", "$1CRC32C.."));
    }

    @Test
    void checksumIsCastagnoliOfTheBytesBehindIt() {
        int length = writeStart(TENSORS);
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        byte[] bytes = new byte[length - MessageHeaderEncoder.ENCODED_LENGTH - Integer.BYTES];
        buffer.getBytes(BLOCK + Integer.BYTES, bytes);
        crc.update(bytes);

        assertEquals((int) crc.getValue(), buffer.getInt(BLOCK, ByteOrder.LITTLE_ENDIAN));
    }

    @Test
    void findsEverySingleFlippedBit() {
        int length = writeStart(TENSORS);

        for (int bit = 0; bit < length * 8; bit++) {
            int at = OFFSET + bit / 8;
            buffer.putByte(at, (byte) (buffer.getByte(at) ^ 1 << bit % 8));
            assertEquals(Message.BAD, reader.read(buffer, OFFSET, length), "bit " + bit);
            buffer.putByte(at, (byte) (buffer.getByte(at) ^ 1 << bit % 8));
        }
        assertEquals(Message.START, reader.read(buffer, OFFSET, length));
    }

    @Test
    void findsEveryMissingOrExtraByte() {
        int length = writeStart(TENSORS);

        for (int wrong = 0; wrong < length + 100; wrong++) {
            if (wrong != length) {
                assertEquals(Message.BAD, reader.read(buffer, OFFSET, wrong), wrong + " bytes");
            }
        }
    }

    @Test
    void survivesGarbage() {
        Random random = new Random(7);
        byte[] bytes = new byte[300];

        for (int i = 0; i < 20_000; i++) {
            random.nextBytes(bytes);
            buffer.putBytes(OFFSET, bytes);
            assertEquals(Message.BAD, reader.read(buffer, OFFSET, random.nextInt(300)));
        }
    }

    /** The checksum guards against accidents, not against a sender that computes it right. */
    @Test
    void survivesGarbageWithARightChecksum() {
        Random random = new Random(8);
        int length = FrameWriter.startBytes(TENSORS.size());

        int starts = 0;
        for (int i = 0; i < 20_000; i++) {
            writeStart(TENSORS);
            for (int change = 1 + random.nextInt(3); change > 0; change--) {
                int at = OFFSET + random.nextInt(length);
                buffer.putByte(at, (byte) random.nextInt());
            }
            int cut = random.nextInt(4) == 0 ? random.nextInt(length) : length;
            writer.seal(buffer, OFFSET, Math.max(cut, 12));
            if (reader.read(buffer, OFFSET, cut) == Message.START) {
                starts++;
                long total = reader.tensors().stream().mapToLong(TensorSpec::byteLength).sum();
                assertEquals(total, reader.payloadBytes());
                assertTrue(total <= MAX_FRAME_BYTES);
            } else {
                assertNotEquals(null, reader.problem());
                assertNotEquals(null, reader.detail());
            }
        }
        assertTrue(starts > 1000, "most harmless changes pass, " + starts + " did");
    }

    record Change(String name, int at, int bytes, long value, DropReason expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Change> changes() {
        int kind = BLOCK + FrameStartEncoder.kindEncodingOffset();
        int role = BLOCK + FrameStartEncoder.senderRoleEncodingOffset();
        int instance = BLOCK + FrameStartEncoder.senderInstanceEncodingOffset();
        int incarnation = BLOCK + FrameStartEncoder.incarnationEncodingOffset();
        int batch = BLOCK + FrameStartEncoder.batchIdEncodingOffset();
        int sequence = BLOCK + FrameStartEncoder.frameSequenceEncodingOffset();
        int payload = BLOCK + FrameStartEncoder.payloadBytesEncodingOffset();
        int protocol = BLOCK + FrameStartEncoder.protocolVersionEncodingOffset();
        return Stream.of(
                new Change("another schema", OFFSET + 4, 2, 999, DropReason.UNKNOWN_VERSION),
                new Change("an older schema", OFFSET + 6, 2, 1, DropReason.UNKNOWN_VERSION),
                new Change("a later schema", OFFSET + 6, 2, 3, DropReason.UNKNOWN_VERSION),
                new Change("an older protocol", protocol, 2, 1, DropReason.UNKNOWN_VERSION),
                new Change("a later protocol", protocol, 2, 3, DropReason.UNKNOWN_VERSION),
                new Change("another template", OFFSET + 2, 2, 4, DropReason.MALFORMED),
                new Change("an encrypted message", OFFSET + 2, 2, 3, DropReason.NO_KEY),
                new Change("another block length", OFFSET, 2, 55, DropReason.MALFORMED),
                new Change("kind 0", kind, 1, 0, DropReason.UNKNOWN_KIND),
                new Change("kind 6", kind, 1, 6, DropReason.UNKNOWN_KIND),
                new Change("kind null", kind, 1, 255, DropReason.UNKNOWN_KIND),
                new Change("role 9", role, 1, 9, DropReason.UNKNOWN_KIND),
                new Change("instance -1", instance, 4, -1, DropReason.MALFORMED),
                new Change("instance 1000", instance, 4, 1000, DropReason.MALFORMED),
                new Change("incarnation -1", incarnation, 4, -1, DropReason.MALFORMED),
                new Change("batch -1", batch, 8, -1, DropReason.MALFORMED),
                new Change("sequence -1", sequence, 8, -1, DropReason.MALFORMED),
                new Change("payload too small", payload, 8, 700, DropReason.ABSURD_TABLE),
                new Change("payload negative", payload, 8, -704, DropReason.ABSURD_TABLE),
                new Change("entries too short", FIRST_ENTRY - 4, 2, 33, DropReason.MALFORMED),
                new Change("an entry more", FIRST_ENTRY - 2, 2, 4, DropReason.MALFORMED),
                new Change("65535 entries", FIRST_ENTRY - 2, 2, 65535, DropReason.ABSURD_TABLE),
                new Change("element type 0", FIRST_ENTRY, 1, 0, DropReason.ABSURD_TABLE),
                new Change("element type 3", FIRST_ENTRY, 1, 3, DropReason.ABSURD_TABLE),
                new Change("rank 7", FIRST_ENTRY + 1, 1, 7, DropReason.ABSURD_TABLE),
                new Change("rank 1", FIRST_ENTRY + 1, 1, 1, DropReason.ABSURD_TABLE),
                new Change("extent -16", FIRST_ENTRY + 2, 4, -16, DropReason.ABSURD_TABLE),
                new Change(
                        "extent 2^31-1", FIRST_ENTRY + 2, 4, 0x7fffffff, DropReason.ABSURD_TABLE),
                new Change("length -1", FIRST_ENTRY + 26, 8, -1, DropReason.ABSURD_TABLE),
                new Change("length 2^62", FIRST_ENTRY + 26, 8, 1L << 62, DropReason.ABSURD_TABLE));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void namesWhatIsWrong(Change change) {
        writeStart(TENSORS);
        for (int i = 0; i < change.bytes; i++) {
            buffer.putByte(change.at + i, (byte) (change.value >> 8 * i));
        }
        writer.seal(buffer, OFFSET, FrameWriter.startBytes(TENSORS.size()));

        assertEquals(Message.BAD, readStart());
        assertEquals(change.expected, reader.problem(), reader.detail());
    }

    @Test
    void anOlderVersionIsToldWithTheRemedy() {
        int length = writeStart(TENSORS);
        buffer.putShort(OFFSET + 6, (short) 1, ByteOrder.LITTLE_ENDIAN);

        assertEquals(Message.BAD, reader.read(buffer, OFFSET, length));
        assertEquals(
                "schema 16714 version 1, expected 16714 version 2; run the same version of akt-node"
                        + " on all nodes",
                reader.detail());
    }

    @Test
    void refusesATableWhoseProductOverflowsToSomethingSmall() {
        // 2^16 · 2^16 · 4 bytes is 0 modulo 2^32, and 2^34 is more than an int holds.
        int length = writeStart(List.of(TensorSpec.float32(0, 0)));
        buffer.putInt(FIRST_ENTRY + 2, 1 << 16, ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(FIRST_ENTRY + 6, 1 << 16, ByteOrder.LITTLE_ENDIAN);
        writer.seal(buffer, OFFSET, length);

        assertEquals(Message.BAD, reader.read(buffer, OFFSET, length));
        assertEquals(DropReason.ABSURD_TABLE, reader.problem());
    }

    @Test
    void refusesMoreBytesThanItsLimit() {
        int elements = MAX_FRAME_BYTES / 4;
        int length = writeStart(List.of(TensorSpec.float32(elements)));
        assertEquals(Message.START, reader.read(buffer, OFFSET, length));

        length = writeStart(List.of(TensorSpec.float32(elements), TensorSpec.float32(1)));

        assertEquals(Message.BAD, reader.read(buffer, OFFSET, length));
        assertEquals(DropReason.ABSURD_TABLE, reader.problem());
        assertTrue(reader.detail().contains("max-frame-bytes=1048576"), reader.detail());
    }

    @Test
    void takesAsManyTensorsAsTheWriterAllowsAndNoMore() {
        int length = writeStart(Collections.nCopies(1024, TensorSpec.float32(2)));
        assertEquals(Message.START, reader.read(buffer, OFFSET, length));
        assertEquals(1024, reader.tensors().size());

        length = writeStart(Collections.nCopies(1025, TensorSpec.float32(2)));

        assertEquals(Message.BAD, reader.read(buffer, OFFSET, length));
        assertEquals(DropReason.ABSURD_TABLE, reader.problem());
    }

    @Test
    void keepsAnEqualTableRatherThanMakingItAnew() {
        int length = writeStart(TENSORS);
        reader.read(buffer, OFFSET, length);
        List<TensorSpec> first = reader.tensors();

        reader.read(buffer, OFFSET, length);
        List<TensorSpec> second = reader.tensors();
        List<TensorSpec> other = List.of(TENSORS.get(0), TensorSpec.int32(8, 2), TENSORS.get(2));
        reader.read(buffer, OFFSET, writeStart(other));

        assertSame(first, second);
        assertEquals(TENSORS, second);
        assertEquals(other, reader.tensors());
    }

    @Test
    void readsFromHeapMemoryToo() {
        int length = writeStart(TENSORS);
        byte[] bytes = new byte[length + 10];
        buffer.getBytes(OFFSET, bytes, 10, length);

        assertEquals(Message.START, reader.read(new UnsafeBuffer(bytes, 6, length + 4), 4, length));
        assertEquals(HEADER, reader.header());
    }

    @Test
    void refusesChunksWhoseLengthIsNotTheirs() {
        int at = writer.chunk(buffer, OFFSET, 41, 5, 12_345, 7);
        writer.seal(buffer, OFFSET, at + 6 - OFFSET);
        assertEquals(Message.BAD, reader.read(buffer, OFFSET, at + 6 - OFFSET));
        assertEquals(DropReason.MALFORMED, reader.problem());

        at = writer.chunk(buffer, OFFSET, 41, 5, 12_345, 0);
        writer.seal(buffer, OFFSET, at - OFFSET);

        assertEquals(Message.BAD, reader.read(buffer, OFFSET, at - OFFSET));
        assertEquals(DropReason.MALFORMED, reader.problem());
    }
}
