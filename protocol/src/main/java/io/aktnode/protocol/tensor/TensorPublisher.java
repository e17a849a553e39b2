package io.aktnode.protocol.tensor;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.aktnode.protocol.frame.FrameEncryptor;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameWriter;
import io.aktnode.protocol.frame.TensorSpec;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NanoClock;

/**
 * Sends frames on one stream, straight from the tensors' memory into Aeron's log, or through the
 * encryptor if it has one.
 *
 * <p>One thread sends (the role's); any thread may close. A frame that could not be sent whole is
 * dropped by the receiver as truncated when the next one starts.
 */
public final class TensorPublisher implements AutoCloseable {

    private final ExclusivePublication publication;

    /** Null if frames travel as they are. */
    private final FrameEncryptor encryptor;

    private final long offerTimeoutNs;
    private final int maxFrameBytes;
    private final FrameCounters counters;
    private final NanoClock clock;
    private final Runnable wake;
    private final Consumer<TensorPublisher> onClose;

    private final FrameWriter writer = new FrameWriter();
    private final ExpandableArrayBuffer startBuffer = new ExpandableArrayBuffer(4096);
    private final BufferClaim claim = new BufferClaim();
    private final Table table = new Table();
    private final IdleStrategy idle = new BackoffIdleStrategy(10, DataPlane.YIELDS, 1_000, 100_000);

    /** Held while memory of the log is touched, so that close does not pull it away. */
    private final Object lock = new Object();

    private boolean closed;

    /** Number of the frame being sent. */
    private long sequence = -1;

    private int tensor;
    private int tensorOffset;

    TensorPublisher(
            ExclusivePublication publication,
            Optional<FrameEncryptor> encryptor,
            DataPlaneConfig config,
            FrameCounters counters,
            NanoClock clock,
            Runnable wake,
            Consumer<TensorPublisher> onClose) {
        this.publication = publication;
        this.encryptor = encryptor.orElse(null);
        this.offerTimeoutNs = config.offerTimeout().toNanos();
        this.maxFrameBytes = config.maxFrameBytes();
        this.counters = counters;
        this.clock = clock;
        this.wake = wake;
        this.onClose = onClose;
    }

    /**
     * Sends one frame and returns when all of it is in the log, or when for a whole offer timeout
     * no further piece of it could be put there. Interrupting the thread ends the wait early.
     *
     * @param tensors in the order the frame's kind prescribes; read only until this returns
     * @throws IllegalArgumentException if the frame is larger than the node's settings allow
     * @throws TransportClosedException if this, or Aeron, is closed
     */
    public SendResult send(FrameHeader header, List<OutboundTensor> tensors) {
        Objects.requireNonNull(header, "header");
        table.tensors = tensors;
        try {
            return sendFrame(header, tensors);
        } finally {
            table.tensors = List.of();
        }
    }

    private SendResult sendFrame(FrameHeader header, List<OutboundTensor> tensors) {
        long payloadBytes = payloadBytes(tensors);
        int plainBytes = writer.start(startBuffer, 0, header, table, sequence + 1);
        int startBytes = plainBytes + encryptionBytes();
        if (startBytes > publication.maxMessageLength()) {
            throw new IllegalArgumentException(
                    "a table of "
                            + tensors.size()
                            + " tensors takes "
                            + startBytes
                            + " bytes > maxMessageLength="
                            + publication.maxMessageLength()
                            + " of "
                            + name()
                            + "; raise term-length to at least "
                            + Integer.highestOneBit(startBytes) * 16);
        }
        sequence++;
        SendResult result = sendStart(plainBytes);
        tensor = 0;
        tensorOffset = 0;
        long offset = 0;
        for (int index = 0; result == SendResult.SENT && offset < payloadBytes; index++) {
            int bytes = (int) Math.min(payloadBytes - offset, maxChunkBytes());
            result = sendChunk(tensors, index, offset, bytes);
            offset += bytes;
        }
        wake.run();
        counters.send(result, payloadBytes);
        return result;
    }

    /** Whether a receiver is there. */
    public boolean connected() {
        return publication.isConnected();
    }

    /** What this publisher sent; the node's counters hold the sum. */
    public FrameCounters counters() {
        return counters;
    }

    /** The stream it sends on. */
    public int streamId() {
        return publication.streamId();
    }

    private long payloadBytes(List<OutboundTensor> tensors) {
        if (tensors.size() > FrameWriter.MAX_TENSORS) {
            throw new IllegalArgumentException(
                    tensors.size() + " tensors in a frame, the most is " + FrameWriter.MAX_TENSORS);
        }
        long bytes = 0;
        for (int i = 0; i < tensors.size(); i++) {
            bytes += tensors.get(i).spec().byteLength();
        }
        if (bytes > maxFrameBytes) {
            throw new IllegalArgumentException(
                    "frame of "
                            + bytes
                            + " bytes > max-frame-bytes="
                            + maxFrameBytes
                            + " for "
                            + name()
                            + "; raise it on all nodes or use a smaller batch");
        }
        return bytes;
    }

    private int maxChunkBytes() {
        return publication.maxPayloadLength()
                - FrameWriter.CHUNK_OVERHEAD_BYTES
                - encryptionBytes();
    }

    private int encryptionBytes() {
        return encryptor == null ? 0 : FrameEncryptor.OVERHEAD_BYTES;
    }

    private SendResult sendStart(int bytes) {
        if (encryptor == null) {
            return offer(startBuffer, bytes);
        }
        encryptor.beginFrame();
        encryptor.plain(bytes).putBytes(0, startBuffer, 0, bytes);
        return offer(encryptor.encrypted(), encryptor.encrypt(bytes, sequence, 0));
    }

    /** Copies a message into the log. */
    private SendResult offer(DirectBuffer message, int bytes) {
        long deadlineNs = clock.nanoTime() + offerTimeoutNs;
        idle.reset();
        while (true) {
            long position;
            synchronized (lock) {
                requireOpen();
                position = publication.offer(message, 0, bytes);
            }
            if (position > 0) {
                return SendResult.SENT;
            }
            SendResult result = resultOf(position);
            if (expired(deadlineNs)) {
                return result;
            }
            wake.run();
            idle.idle();
        }
    }

    private SendResult sendChunk(List<OutboundTensor> tensors, int index, long offset, int bytes) {
        if (encryptor != null) {
            MutableDirectBuffer plain = encryptor.plain(FrameWriter.CHUNK_OVERHEAD_BYTES + bytes);
            int at = writer.chunk(plain, 0, sequence, index, offset, bytes);
            copy(tensors, plain, at, bytes);
            // The tag stands for the checksum.
            return offer(encryptor.encrypted(), encryptor.encrypt(at + bytes, sequence, index + 1));
        }
        long deadlineNs = clock.nanoTime() + offerTimeoutNs;
        int length = FrameWriter.CHUNK_OVERHEAD_BYTES + bytes;
        idle.reset();
        while (true) {
            long position;
            synchronized (lock) {
                requireOpen();
                position = publication.tryClaim(length, claim);
                if (position > 0) {
                    fill(tensors, index, offset, bytes);
                    return SendResult.SENT;
                }
            }
            SendResult result = resultOf(position);
            if (expired(deadlineNs)) {
                return result;
            }
            wake.run();
            idle.idle();
        }
    }

    /** Writes one chunk into the claimed part of the log. */
    private void fill(List<OutboundTensor> tensors, int index, long offset, int bytes) {
        boolean filled = false;
        try {
            MutableDirectBuffer buffer = claim.buffer();
            int start = claim.offset();
            int at = writer.chunk(buffer, start, sequence, index, offset, bytes);
            copy(tensors, buffer, at, bytes);
            writer.seal(buffer, start, at + bytes - start);
            filled = true;
        } finally {
            if (filled) {
                claim.commit();
            } else {
                claim.abort();
            }
        }
    }

    /** Copies the next bytes of the payload. */
    private void copy(List<OutboundTensor> tensors, MutableDirectBuffer to, int start, int bytes) {
        int at = start;
        int end = start + bytes;
        while (at < end) {
            OutboundTensor source = tensors.get(tensor);
            int left = source.spec().byteLength() - tensorOffset;
            if (left == 0) {
                tensor++;
                tensorOffset = 0;
                continue;
            }
            int count = Math.min(left, end - at);
            ByteBuffer memory = source.bytes();
            to.putBytes(at, memory, memory.position() + tensorOffset, count);
            tensorOffset += count;
            at += count;
        }
    }

    private boolean expired(long deadlineNs) {
        return clock.nanoTime() - deadlineNs >= 0 || Thread.currentThread().isInterrupted();
    }

    private SendResult resultOf(long position) {
        if (position == Publication.BACK_PRESSURED) {
            return SendResult.BACK_PRESSURED;
        }
        if (position == Publication.ADMIN_ACTION) {
            return SendResult.ADMIN_ACTION;
        }
        if (position == Publication.NOT_CONNECTED) {
            return SendResult.NOT_CONNECTED;
        }
        if (position == Publication.MAX_POSITION_EXCEEDED) {
            throw new TransportClosedException(
                    name() + " has reached its largest position; open another publisher");
        }
        throw new TransportClosedException(name() + " is closed");
    }

    private void requireOpen() {
        if (closed) {
            throw new TransportClosedException(name() + " is closed");
        }
    }

    private String name() {
        return "stream " + publication.streamId() + " on " + publication.channel();
    }

    /** A frame being sent is cut off; its send throws. */
    @Override
    public void close() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            publication.close();
        }
        onClose.accept(this);
    }

    /** The specs of a list of tensors, without a list made for each frame. */
    private static final class Table extends AbstractList<TensorSpec> {
        private List<OutboundTensor> tensors = List.of();

        @Override
        public TensorSpec get(int index) {
            return tensors.get(index).spec();
        }

        @Override
        public int size() {
            return tensors.size();
        }
    }
}
