package io.aktnode.protocol.frame;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;

/** CRC32C of a range of an Agrona buffer, without copying and without garbage. One thread. */
final class Checksum {

    private final CRC32C crc = new CRC32C();
    private ByteBuffer source;
    private ByteBuffer view;

    int of(DirectBuffer buffer, int offset, int length) {
        crc.reset();
        ByteBuffer bytes = buffer.byteBuffer();
        if (bytes == null) {
            crc.update(buffer.byteArray(), buffer.wrapAdjustment() + offset, length);
        } else {
            // A log is one mapping, so this makes a view once for each stream, not for each
            // message.
            if (source != bytes) {
                source = bytes;
                view = bytes.duplicate();
            }
            int start = buffer.wrapAdjustment() + offset;
            view.limit(start + length).position(start);
            crc.update(view);
        }
        return (int) crc.getValue();
    }
}
