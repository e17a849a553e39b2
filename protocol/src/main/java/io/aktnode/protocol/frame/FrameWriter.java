package io.aktnode.protocol.frame;

import io.aktnode.protocol.frame.codec.FrameChunkEncoder;
import io.aktnode.protocol.frame.codec.FrameStartEncoder;
import io.aktnode.protocol.frame.codec.MessageHeaderEncoder;
import java.nio.ByteOrder;
import java.util.List;
import org.agrona.MutableDirectBuffer;

/**
 * Writes the messages a frame consists of: one start, then chunks. One thread, no garbage.
 *
 * <p>A chunk is written in place: {@link #chunk}, then the payload behind it, then {@link #seal}.
 */
public final class FrameWriter {

    /** Version of the rules frames follow beyond their schema; unequal versions do not talk. */
    public static final int PROTOCOL_VERSION = 2;

    /** Most tensors in one frame. */
    public static final int MAX_TENSORS = 1024;

    /** Bytes of a chunk before its payload. */
    public static final int CHUNK_OVERHEAD_BYTES =
            MessageHeaderEncoder.ENCODED_LENGTH
                    + FrameChunkEncoder.BLOCK_LENGTH
                    + FrameChunkEncoder.payloadHeaderLength();

    private final MessageHeaderEncoder messageHeader = new MessageHeaderEncoder();
    private final FrameStartEncoder start = new FrameStartEncoder();
    private final FrameChunkEncoder chunk = new FrameChunkEncoder();
    private final Checksum checksum = new Checksum();

    /** Bytes of the start of a frame with so many tensors. */
    public static int startBytes(int tensors) {
        return MessageHeaderEncoder.ENCODED_LENGTH
                + FrameStartEncoder.BLOCK_LENGTH
                + FrameStartEncoder.TensorsEncoder.sbeHeaderSize()
                + tensors * FrameStartEncoder.TensorsEncoder.sbeBlockLength();
    }

    /**
     * Writes a frame's start, checksum included.
     *
     * @param tensors at most {@link #MAX_TENSORS}
     * @param sequence counts the frames of one publication
     * @return bytes written: {@link #startBytes}
     */
    public int start(
            MutableDirectBuffer buffer,
            int offset,
            FrameHeader header,
            List<TensorSpec> tensors,
            long sequence) {
        long payloadBytes = 0;
        for (int i = 0; i < tensors.size(); i++) {
            payloadBytes += tensors.get(i).byteLength();
        }
        start.wrapAndApplyHeader(buffer, offset, messageHeader)
                .protocolVersion(PROTOCOL_VERSION)
                .kind(header.kind().code())
                .senderRole(header.sender().role().code())
                .senderInstance(header.sender().instance())
                .incarnation(header.incarnation())
                .runId(header.runId())
                .batchId(header.batchId())
                .scalar(header.scalar())
                .frameSequence(sequence)
                .payloadBytes(payloadBytes);
        FrameStartEncoder.TensorsEncoder table = start.tensorsCount(tensors.size());
        for (int i = 0; i < tensors.size(); i++) {
            TensorSpec spec = tensors.get(i);
            table.next().elementType(spec.type().code()).rank((short) spec.rank());
            for (int d = 0; d < TensorSpec.MAX_RANK; d++) {
                table.extents(d, d < spec.rank() ? spec.extent(d) : 0);
            }
            table.byteLength(spec.byteLength());
        }
        int length = start.limit() - offset;
        seal(buffer, offset, length);
        return length;
    }

    /**
     * Writes what comes before a chunk's payload.
     *
     * @return where in the buffer the payload goes
     */
    public int chunk(
            MutableDirectBuffer buffer,
            int offset,
            long sequence,
            int index,
            long payloadOffset,
            int payloadBytes) {
        chunk.wrapAndApplyHeader(buffer, offset, messageHeader)
                .chunkIndex(index)
                .frameSequence(sequence)
                .payloadOffset(payloadOffset);
        int limit = chunk.limit();
        buffer.putInt(limit, payloadBytes, ByteOrder.LITTLE_ENDIAN);
        return limit + FrameChunkEncoder.payloadHeaderLength();
    }

    /** Puts the checksum into a message that is complete otherwise. */
    public void seal(MutableDirectBuffer buffer, int offset, int length) {
        int crcEnd =
                MessageHeaderEncoder.ENCODED_LENGTH
                        + FrameStartEncoder.crc32cEncodingOffset()
                        + FrameStartEncoder.crc32cEncodingLength();
        buffer.putInt(
                offset + crcEnd - FrameStartEncoder.crc32cEncodingLength(),
                checksum.of(buffer, offset + crcEnd, length - crcEnd),
                ByteOrder.LITTLE_ENDIAN);
    }
}
