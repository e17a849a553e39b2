package io.aktnode.protocol.tensor;

import io.aktnode.protocol.frame.DropReason;
import io.aktnode.protocol.frame.FrameDecryptor;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameReader;
import io.aktnode.protocol.frame.TensorSpec;
import java.nio.ByteBuffer;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Puts the frames of one sender's session together in the memory its owner lends. Called by one
 * thread at a time.
 */
final class FrameAssembly {

    /** What an assembly needs of its endpoint. */
    interface Host {

        /** Why the fence keeps this frame out, or null. */
        DropReason fenced(FrameHeader header);

        /** What came encrypted before. */
        ReplayFence replays();

        Landing landing();

        void received(long bytes);

        /**
         * @param header null if the frame's start was not understood
         */
        void dropped(
                DropReason reason,
                int sessionId,
                FrameHeader header,
                String detail,
                Throwable cause);
    }

    private static final long NONE = -1;

    private final int sessionId;
    private final FrameReader reader;
    private final Host host;

    /** Opens the session's messages; null if they come as they are. */
    private final FrameDecryptor decryptor;

    /** Whether the message at hand was encrypted, and by a holder of the key. */
    private boolean authentic;

    /** Salt of the frame being put together. */
    private long saltHigh;

    private long saltLow;

    /** The frame being put together; null between frames. */
    private Landing.Slot slot;

    private FrameHeader header;
    private ByteBuffer[] destinations = new ByteBuffer[0];
    private int[] positions = new int[0];
    private int tensors;
    private List<TensorSpec> table = List.of();
    private long sequence = NONE;
    private long payloadBytes;
    private long arrivedBytes;
    private int nextChunk;
    private int tensor;
    private int tensorOffset;

    /** The frame that was dropped last: what is left of it passes by. */
    private long droppedSequence = NONE;

    /** A start was dropped that did not tell its sequence: chunks without a frame are its own. */
    private boolean droppedUnknown;

    /**
     * @param decryptor for a session whose frames must be encrypted, else null
     */
    FrameAssembly(int sessionId, FrameReader reader, Host host, FrameDecryptor decryptor) {
        this.sessionId = sessionId;
        this.reader = reader;
        this.host = host;
        this.decryptor = decryptor;
    }

    void onMessage(DirectBuffer buffer, int offset, int length) {
        if (droppedSequence != NONE && reader.isChunkOf(droppedSequence, buffer, offset, length)) {
            return;
        }
        if (decryptor != null && reader.isEncrypted(buffer, offset, length)) {
            onEncrypted(buffer, offset, length);
            return;
        }
        authentic = false;
        onPlain(reader.read(buffer, offset, length), buffer);
    }

    /** A message in fragments was given up, being longer than any may be. */
    void onTooLong(int mostBytes) {
        onBad(
                DropReason.MALFORMED,
                "a message in fragments is longer than " + mostBytes + " bytes, the longest start");
    }

    private void onEncrypted(DirectBuffer buffer, int offset, int length) {
        authentic = decryptor.open(buffer, offset, length);
        if (!authentic) {
            onBad(decryptor.problem(), decryptor.detail());
            if (slot == null) {
                droppedSequence = decryptor.sequence();
            }
            return;
        }
        DirectBuffer plain = decryptor.plain();
        onPlain(reader.readDecrypted(plain, 0, decryptor.plainBytes()), plain);
    }

    private void onPlain(FrameReader.Message message, DirectBuffer buffer) {
        switch (message) {
            case START -> onStart();
            case CHUNK -> onChunk(buffer);
            case BAD -> {
                onBad(reader.problem(), reader.detail());
                if (reader.problem() == DropReason.NO_KEY) {
                    droppedSequence = reader.sequence();
                }
            }
        }
    }

    private void onBad(DropReason problem, String detail) {
        if (slot != null) {
            // Which frame the message belonged to cannot be trusted, but it broke this one.
            drop(problem, detail);
        } else {
            host.dropped(problem, sessionId, null, detail, null);
            droppedUnknown = true;
        }
    }

    private void onStart() {
        if (slot != null) {
            drop(
                    DropReason.TRUNCATED,
                    "only "
                            + arrivedBytes
                            + " of "
                            + payloadBytes
                            + " bytes came before the next frame");
        }
        droppedSequence = NONE;
        droppedUnknown = false;
        header = reader.header();
        sequence = reader.sequence();
        payloadBytes = reader.payloadBytes();
        table = reader.tensors();
        if (decryptor != null && !isAdmitted()) {
            return;
        }
        DropReason fenced = host.fenced(header);
        if (fenced != null) {
            drop(fenced, "fenced off");
            return;
        }
        if (decryptor != null && host.replays().isOvertaken(header)) {
            drop(DropReason.REPLAYED, "its sender is far beyond it");
            return;
        }
        if (begin()) {
            if (payloadBytes == 0) {
                complete();
            }
        }
    }

    /** Whether the start just read may come in where frames must be encrypted; drops it if not. */
    private boolean isAdmitted() {
        if (!authentic) {
            drop(
                    DropReason.UNENCRYPTED,
                    "not encrypted, and this node takes only encrypted frames from other machines;"
                            + " the sender has no key of this run");
            return false;
        }
        saltHigh = decryptor.saltHigh();
        saltLow = decryptor.saltLow();
        if (decryptor.sequence() != sequence || decryptor.index() != 0) {
            drop(DropReason.MALFORMED, "the numbers outside and inside its encryption differ");
            return false;
        }
        if (!host.replays().isFirst(saltHigh, saltLow, sequence)) {
            drop(DropReason.REPLAYED, "the same frame came before");
            return false;
        }
        return true;
    }

    /** Whether the chunk just read was sent with the start of the frame in progress. */
    private boolean isOfThisFrame() {
        return authentic
                && decryptor.saltHigh() == saltHigh
                && decryptor.saltLow() == saltLow
                && decryptor.sequence() == sequence
                && decryptor.index() == nextChunk + 1;
    }

    private boolean begin() {
        try {
            slot = host.landing().begin(header, table);
            if (slot == null) {
                drop(DropReason.REFUSED, "no free place");
                return false;
            }
            prepareDestinations();
            return true;
        } catch (WrongLayoutException e) {
            drop(DropReason.WRONG_LAYOUT, e.getMessage());
            return false;
        } catch (RuntimeException e) {
            drop(DropReason.LANDING_FAILED, "begin threw", e);
            return false;
        }
    }

    private void prepareDestinations() {
        tensors = table.size();
        if (destinations.length < tensors) {
            destinations = new ByteBuffer[tensors];
            positions = new int[tensors];
        }
        for (int i = 0; i < tensors; i++) {
            ByteBuffer destination = slot.destination(i);
            if (destination.remaining() != table.get(i).byteLength()) {
                throw new WrongLayoutException(
                        "tensor "
                                + i
                                + " is "
                                + table.get(i)
                                + " of "
                                + table.get(i).byteLength()
                                + " bytes, its place has "
                                + destination.remaining());
            }
            destinations[i] = destination;
            positions[i] = destination.position();
        }
        arrivedBytes = 0;
        nextChunk = 0;
        tensor = 0;
        tensorOffset = 0;
    }

    private void onChunk(DirectBuffer buffer) {
        if (slot == null) {
            onOrphan();
        } else if (decryptor != null && !isOfThisFrame()) {
            drop(
                    authentic ? DropReason.REPLAYED : DropReason.UNENCRYPTED,
                    "a chunk came that was not sent with its start");
        } else if (reader.sequence() != sequence
                || reader.chunkIndex() != nextChunk
                || reader.payloadOffset() != arrivedBytes
                || reader.chunkBytes() > payloadBytes - arrivedBytes) {
            long droppedFrame = reader.sequence();
            drop(
                    DropReason.TRUNCATED,
                    "chunk "
                            + reader.chunkIndex()
                            + " of frame "
                            + reader.sequence()
                            + " at byte "
                            + reader.payloadOffset()
                            + " came, expected chunk "
                            + nextChunk
                            + " of frame "
                            + sequence
                            + " at byte "
                            + arrivedBytes
                            + " of "
                            + payloadBytes);
            droppedSequence = droppedFrame;
        } else {
            copy(buffer, reader.chunkPosition(), reader.chunkBytes());
            nextChunk++;
            if (arrivedBytes == payloadBytes) {
                complete();
            }
        }
    }

    /** A chunk of a frame whose start never came, as after a late subscription. */
    private void onOrphan() {
        if (!droppedUnknown) {
            host.dropped(
                    DropReason.TRUNCATED,
                    sessionId,
                    null,
                    "chunk "
                            + reader.chunkIndex()
                            + " of frame "
                            + reader.sequence()
                            + " came without the frame's start",
                    null);
        }
        droppedUnknown = false;
        droppedSequence = reader.sequence();
    }

    private void copy(DirectBuffer buffer, int position, int bytes) {
        int at = position;
        int end = position + bytes;
        while (at < end) {
            int left = table.get(tensor).byteLength() - tensorOffset;
            if (left == 0) {
                tensor++;
                tensorOffset = 0;
                continue;
            }
            int count = Math.min(left, end - at);
            buffer.getBytes(at, destinations[tensor], positions[tensor] + tensorOffset, count);
            tensorOffset += count;
            at += count;
        }
        arrivedBytes += bytes;
    }

    private void complete() {
        // The fence may have moved while the frame arrived.
        DropReason fenced = host.fenced(header);
        if (fenced != null) {
            drop(fenced, "fenced off while it arrived");
            return;
        }
        Landing.Slot whole = slot;
        slot = null;
        try {
            whole.complete(header);
            host.received(payloadBytes);
        } catch (RuntimeException e) {
            host.dropped(DropReason.LANDING_FAILED, sessionId, header, "complete threw", e);
        }
        forget();
    }

    /** The frame being put together, if any, will not be completed. */
    void abandon(DropReason reason, String detail) {
        if (slot != null) {
            drop(reason, detail);
        }
    }

    /** Drops the frame in progress if the fence, which has moved, keeps it out now. */
    void refence() {
        if (slot != null) {
            DropReason fenced = host.fenced(header);
            if (fenced != null) {
                drop(fenced, "fenced off while it arrived");
            }
        }
    }

    private void drop(DropReason reason, String detail) {
        drop(reason, detail, null);
    }

    private void drop(DropReason reason, String detail, Throwable cause) {
        Landing.Slot broken = slot;
        slot = null;
        droppedSequence = sequence;
        host.dropped(reason, sessionId, header, detail, cause);
        if (broken != null) {
            try {
                broken.abandon(header, reason);
            } catch (RuntimeException e) {
                host.dropped(DropReason.LANDING_FAILED, sessionId, header, "abandon threw", e);
            }
        }
        forget();
    }

    /** Lets go of lent memory. */
    private void forget() {
        for (int i = 0; i < tensors; i++) {
            destinations[i] = null;
        }
        tensors = 0;
        header = null;
        table = List.of();
    }
}
