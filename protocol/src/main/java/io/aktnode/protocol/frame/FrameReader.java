package io.aktnode.protocol.frame;

import io.aktnode.protocol.frame.codec.EncryptedMessageDecoder;
import io.aktnode.protocol.frame.codec.FrameChunkDecoder;
import io.aktnode.protocol.frame.codec.FrameStartDecoder;
import io.aktnode.protocol.frame.codec.MessageHeaderDecoder;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Reads and checks the messages a frame consists of. Trusts nothing: whatever the bytes, it answers
 * with a message or with why it is none, and throws nothing. One thread.
 */
public final class FrameReader {

    /** What {@link #read} found. */
    public enum Message {
        START,
        CHUNK,
        /** Not a message of ours: {@link #problem} and {@link #detail} tell why. */
        BAD
    }

    private static final String SAME_BUILD = "; run the same version of akt-node on all nodes";

    private static final int CRC_END =
            MessageHeaderDecoder.ENCODED_LENGTH
                    + FrameStartDecoder.crc32cEncodingOffset()
                    + FrameStartDecoder.crc32cEncodingLength();

    private final MessageHeaderDecoder messageHeader = new MessageHeaderDecoder();
    private final FrameStartDecoder start = new FrameStartDecoder();
    private final FrameChunkDecoder chunk = new FrameChunkDecoder();
    private final EncryptedMessageDecoder encrypted = new EncryptedMessageDecoder();
    private final Checksum checksum = new Checksum();
    private final long maxFrameBytes;

    private DropReason problem;
    private String detail;
    private FrameHeader header;
    private List<TensorSpec> tensors = List.of();
    private long sequence;
    private long payloadBytes;
    private int chunkIndex;
    private long payloadOffset;
    private int chunkPosition;
    private int chunkBytes;

    /**
     * @param maxFrameBytes most tensor bytes of a frame
     */
    public FrameReader(long maxFrameBytes) {
        this.maxFrameBytes = maxFrameBytes;
    }

    /**
     * Whether this looks like a chunk of a frame, encrypted or not. Cheap, and no proof: neither
     * checksum nor tag is looked at.
     */
    public boolean isChunkOf(long frameSequence, DirectBuffer buffer, int offset, int length) {
        if (isEncrypted(buffer, offset, length)) {
            wrapEncrypted(buffer, offset);
            return encrypted.messageIndex() > 0 && encrypted.frameSequence() == frameSequence;
        }
        if (length < FrameWriter.CHUNK_OVERHEAD_BYTES) {
            return false;
        }
        messageHeader.wrap(buffer, offset);
        if (messageHeader.schemaId() != FrameChunkDecoder.SCHEMA_ID
                || messageHeader.version() != FrameChunkDecoder.SCHEMA_VERSION
                || messageHeader.templateId() != FrameChunkDecoder.TEMPLATE_ID) {
            return false;
        }
        wrapChunk(buffer, offset);
        return chunk.frameSequence() == frameSequence;
    }

    /** Whether this looks like an encrypted message of this version: one for the decryptor. */
    public boolean isEncrypted(DirectBuffer buffer, int offset, int length) {
        if (length < FrameEncryptor.OVERHEAD_BYTES) {
            return false;
        }
        messageHeader.wrap(buffer, offset);
        return messageHeader.templateId() == EncryptedMessageDecoder.TEMPLATE_ID
                && messageHeader.schemaId() == EncryptedMessageDecoder.SCHEMA_ID
                && messageHeader.version() == EncryptedMessageDecoder.SCHEMA_VERSION;
    }

    /** Reads one message; what was read before is forgotten. */
    public Message read(DirectBuffer buffer, int offset, int length) {
        return read(buffer, offset, length, false);
    }

    /** As {@link #read}, of a message whose tag was right: that is more than a checksum. */
    public Message readDecrypted(DirectBuffer buffer, int offset, int length) {
        return read(buffer, offset, length, true);
    }

    private Message read(DirectBuffer buffer, int offset, int length, boolean authentic) {
        problem = null;
        detail = null;
        if (length < CRC_END) {
            return bad(DropReason.MALFORMED, length + " bytes are no message");
        }
        messageHeader.wrap(buffer, offset);
        if (messageHeader.schemaId() != FrameStartDecoder.SCHEMA_ID
                || messageHeader.version() != FrameStartDecoder.SCHEMA_VERSION) {
            return bad(
                    DropReason.UNKNOWN_VERSION,
                    "schema "
                            + messageHeader.schemaId()
                            + " version "
                            + messageHeader.version()
                            + ", expected "
                            + FrameStartDecoder.SCHEMA_ID
                            + " version "
                            + FrameStartDecoder.SCHEMA_VERSION
                            + SAME_BUILD);
        }
        int template = messageHeader.templateId();
        if (isEncrypted(buffer, offset, length)) {
            wrapEncrypted(buffer, offset);
            sequence = encrypted.frameSequence();
            return bad(DropReason.NO_KEY, "encrypted, and this endpoint has no key to open it");
        }
        boolean opens = template == FrameStartDecoder.TEMPLATE_ID;
        if (!opens && template != FrameChunkDecoder.TEMPLATE_ID) {
            return bad(DropReason.MALFORMED, "message template " + template + " is unknown");
        }
        int block = opens ? FrameStartDecoder.BLOCK_LENGTH : FrameChunkDecoder.BLOCK_LENGTH;
        int smallest = opens ? FrameWriter.startBytes(0) : FrameWriter.CHUNK_OVERHEAD_BYTES;
        if (messageHeader.blockLength() != block || length < smallest) {
            return bad(
                    DropReason.MALFORMED,
                    "a message of "
                            + length
                            + " bytes with a root block of "
                            + messageHeader.blockLength()
                            + ", expected at least "
                            + smallest
                            + " with a block of "
                            + block);
        }
        if (!authentic && !hasItsChecksum(buffer, offset, length)) {
            return Message.BAD;
        }
        return opens ? readStart(buffer, offset, length) : readChunk(buffer, offset, length);
    }

    private boolean hasItsChecksum(DirectBuffer buffer, int offset, int length) {
        int claimed = buffer.getInt(offset + CRC_END - Integer.BYTES, ByteOrder.LITTLE_ENDIAN);
        int found = checksum.of(buffer, offset + CRC_END, length - CRC_END);
        if (claimed != found) {
            bad(
                    DropReason.CORRUPTED,
                    "CRC32C is "
                            + Integer.toHexString(found)
                            + ", the message claims "
                            + Integer.toHexString(claimed));
        }
        return claimed == found;
    }

    private Message readStart(DirectBuffer buffer, int offset, int length) {
        start.wrap(
                buffer,
                offset + MessageHeaderDecoder.ENCODED_LENGTH,
                FrameStartDecoder.BLOCK_LENGTH,
                FrameStartDecoder.SCHEMA_VERSION);
        sequence = start.frameSequence();
        if (start.protocolVersion() != FrameWriter.PROTOCOL_VERSION) {
            return bad(
                    DropReason.UNKNOWN_VERSION,
                    "protocol version "
                            + start.protocolVersion()
                            + ", expected "
                            + FrameWriter.PROTOCOL_VERSION
                            + SAME_BUILD);
        }
        FrameKind kind = FrameKind.of(start.kindRaw());
        Role role = Role.of(start.senderRoleRaw());
        if (kind == null || role == null) {
            return bad(
                    DropReason.UNKNOWN_KIND,
                    "frame kind " + start.kindRaw() + " from role " + start.senderRoleRaw());
        }
        if (!RoleId.isInstance(start.senderInstance())
                || start.incarnation() < 0
                || start.batchId() < 0
                || sequence < 0) {
            return bad(
                    DropReason.MALFORMED,
                    "sender instance "
                            + start.senderInstance()
                            + ", incarnation "
                            + start.incarnation()
                            + ", batch "
                            + start.batchId()
                            + ", sequence "
                            + sequence);
        }
        header =
                new FrameHeader(
                        start.runId(),
                        start.incarnation(),
                        start.batchId(),
                        RoleId.of(role, start.senderInstance()),
                        kind,
                        start.scalar());
        return readTable(buffer, offset, length);
    }

    private Message readTable(DirectBuffer buffer, int offset, int length) {
        int groupAt = start.limit();
        int entryBytes = buffer.getShort(groupAt, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
        int count = buffer.getShort(groupAt + Short.BYTES, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
        if (count > FrameWriter.MAX_TENSORS) {
            return bad(
                    DropReason.ABSURD_TABLE,
                    count + " tensors, the most is " + FrameWriter.MAX_TENSORS);
        }
        if (entryBytes != FrameStartDecoder.TensorsDecoder.sbeBlockLength()
                || length != FrameWriter.startBytes(count)) {
            return bad(
                    DropReason.MALFORMED,
                    "a table of "
                            + count
                            + " entries of "
                            + entryBytes
                            + " bytes in a message of "
                            + length);
        }
        // Batch after batch brings the same tables; an equal one is kept rather than made anew.
        List<TensorSpec> table = count == tensors.size() ? tensors : null;
        List<TensorSpec> made = null;
        long total = 0;
        int index = 0;
        for (FrameStartDecoder.TensorsDecoder entry : start.tensors()) {
            TensorSpec spec = table == null ? null : table.get(index);
            if (spec == null || !same(spec, entry)) {
                spec = spec(entry);
                if (spec == null) {
                    return bad(
                            DropReason.ABSURD_TABLE,
                            "tensor "
                                    + index
                                    + " of rank "
                                    + entry.rank()
                                    + " and "
                                    + entry.byteLength()
                                    + " bytes is impossible");
                }
                if (made == null) {
                    made = new ArrayList<>(count);
                    made.addAll(tensors.subList(0, table == null ? 0 : index));
                }
            }
            if (made != null) {
                made.add(spec);
            }
            total += spec.byteLength();
            index++;
        }
        payloadBytes = start.payloadBytes();
        if (total != payloadBytes || total > maxFrameBytes) {
            return bad(
                    DropReason.ABSURD_TABLE,
                    "a table of "
                            + total
                            + " bytes, the frame claims "
                            + payloadBytes
                            + ", max-frame-bytes="
                            + maxFrameBytes);
        }
        if (made != null || count == 0) {
            tensors = made == null ? List.of() : List.copyOf(made);
        }
        return Message.START;
    }

    private static boolean same(TensorSpec spec, FrameStartDecoder.TensorsDecoder entry) {
        if (spec.type().code().value() != entry.elementTypeRaw()
                || spec.rank() != entry.rank()
                || spec.byteLength() != entry.byteLength()) {
            return false;
        }
        for (int d = 0; d < TensorSpec.MAX_RANK; d++) {
            if (entry.extents(d) != (d < spec.rank() ? spec.extent(d) : 0)) {
                return false;
            }
        }
        return true;
    }

    /** The tensor an entry describes, or null if there is no such tensor. */
    private static TensorSpec spec(FrameStartDecoder.TensorsDecoder entry) {
        ElementType type = ElementType.of(entry.elementTypeRaw());
        if (type == null || entry.rank() > TensorSpec.MAX_RANK) {
            return null;
        }
        int[] shape = new int[entry.rank()];
        for (int d = 0; d < TensorSpec.MAX_RANK; d++) {
            int extent = entry.extents(d);
            if (d < shape.length) {
                shape[d] = extent;
            } else if (extent != 0) {
                return null;
            }
        }
        long bytes = TensorSpec.byteLength(type, shape);
        return bytes < 0 || bytes != entry.byteLength() ? null : TensorSpec.of(type, shape);
    }

    private Message readChunk(DirectBuffer buffer, int offset, int length) {
        wrapChunk(buffer, offset);
        sequence = chunk.frameSequence();
        chunkIndex = chunk.chunkIndex();
        payloadOffset = chunk.payloadOffset();
        long bytes = buffer.getInt(chunk.limit(), ByteOrder.LITTLE_ENDIAN) & 0xFFFF_FFFFL;
        if (bytes == 0 || bytes != length - FrameWriter.CHUNK_OVERHEAD_BYTES) {
            return bad(
                    DropReason.MALFORMED,
                    "a chunk of " + bytes + " bytes in a message of " + length);
        }
        chunkBytes = (int) bytes;
        chunkPosition = offset + FrameWriter.CHUNK_OVERHEAD_BYTES;
        return Message.CHUNK;
    }

    private void wrapChunk(DirectBuffer buffer, int offset) {
        chunk.wrap(
                buffer,
                offset + MessageHeaderDecoder.ENCODED_LENGTH,
                FrameChunkDecoder.BLOCK_LENGTH,
                FrameChunkDecoder.SCHEMA_VERSION);
    }

    private void wrapEncrypted(DirectBuffer buffer, int offset) {
        encrypted.wrap(
                buffer,
                offset + MessageHeaderDecoder.ENCODED_LENGTH,
                EncryptedMessageDecoder.BLOCK_LENGTH,
                EncryptedMessageDecoder.SCHEMA_VERSION);
    }

    private Message bad(DropReason reason, String why) {
        problem = reason;
        detail = why;
        return Message.BAD;
    }

    /** Why the message was bad. */
    public DropReason problem() {
        return problem;
    }

    /** The same in words, with the values. */
    public String detail() {
        return detail;
    }

    /** Header of the start just read. */
    public FrameHeader header() {
        return header;
    }

    /** Table of the start just read; immutable. */
    public List<TensorSpec> tensors() {
        return tensors;
    }

    /** Bytes of all tensors of the start just read. */
    public long payloadBytes() {
        return payloadBytes;
    }

    /** Which frame of its publication the message just read belongs to. */
    public long sequence() {
        return sequence;
    }

    /** Number of the chunk just read. */
    public int chunkIndex() {
        return chunkIndex;
    }

    /** Where in the frame's payload the chunk just read starts. */
    public long payloadOffset() {
        return payloadOffset;
    }

    /** Where in the buffer the payload of the chunk just read starts. */
    public int chunkPosition() {
        return chunkPosition;
    }

    /** Length of the payload of the chunk just read; at least 1. */
    public int chunkBytes() {
        return chunkBytes;
    }
}
