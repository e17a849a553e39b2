package io.aktnode.protocol.tensor;

import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import io.aktnode.protocol.frame.FrameEncryptor;
import io.aktnode.protocol.frame.FrameWriter;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts the messages of one session together that came in several fragments. Only a frame's start
 * does, for a chunk is one fragment: so no more memory is held than the longest start takes,
 * whoever sends. One thread at a time.
 */
final class Fragments {

    /** Length of the longest start. */
    static final int MOST_BYTES =
            FrameWriter.startBytes(FrameWriter.MAX_TENSORS) + FrameEncryptor.OVERHEAD_BYTES;

    private static final int NONE = -1;

    private final FrameAssembly assembly;
    private final UnsafeBuffer message = new UnsafeBuffer(new byte[0]);

    /** Bytes of the message that have come, or {@link #NONE} between messages. */
    private int length = NONE;

    private int nextTermOffset;

    /**
     * @param assembly gets the whole messages
     */
    Fragments(FrameAssembly assembly) {
        this.assembly = assembly;
    }

    FrameAssembly assembly() {
        return assembly;
    }

    void onFragment(DirectBuffer buffer, int offset, int bytes, Header header) {
        byte flags = header.flags();
        if (has(flags, FrameDescriptor.UNFRAGMENTED)) {
            length = NONE;
            assembly.onMessage(buffer, offset, bytes);
            return;
        }
        if (has(flags, FrameDescriptor.BEGIN_FRAG_FLAG)) {
            length = 0;
        } else if (length == NONE || header.termOffset() != nextTermOffset) {
            // What came before is lost or was given up, or this is the first after a late start.
            length = NONE;
            return;
        }
        if (bytes > MOST_BYTES - length) {
            length = NONE;
            assembly.onTooLong(MOST_BYTES);
            return;
        }
        append(buffer, offset, bytes);
        nextTermOffset = header.nextTermOffset();
        if (has(flags, FrameDescriptor.END_FRAG_FLAG)) {
            int whole = length;
            length = NONE;
            assembly.onMessage(message, 0, whole);
        }
    }

    private static boolean has(byte flags, byte wanted) {
        return (flags & wanted) == wanted;
    }

    private void append(DirectBuffer buffer, int offset, int bytes) {
        if (message.capacity() == 0) {
            message.wrap(new byte[MOST_BYTES]);
        }
        message.putBytes(length, buffer, offset, bytes);
        length += bytes;
    }
}
