package io.aktnode.protocol.tensor;

import io.aktnode.protocol.frame.TensorSpec;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A tensor to be sent, in its owner's memory; make it once and send it for every batch.
 *
 * @param spec element type and shape
 * @param bytes direct; the tensor lies between position and limit, little endian; only read, and
 *     only during {@link TensorPublisher#send}
 */
public record OutboundTensor(TensorSpec spec, ByteBuffer bytes) {

    public OutboundTensor {
        Objects.requireNonNull(spec, "spec");
        if (!bytes.isDirect()) {
            throw new IllegalArgumentException(spec + " must be in a direct buffer");
        }
        if (bytes.remaining() != spec.byteLength()) {
            throw new IllegalArgumentException(
                    spec + " needs " + spec.byteLength() + " bytes, not " + bytes.remaining());
        }
    }
}
