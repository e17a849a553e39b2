package io.aktnode.protocol.frame;

import io.aktnode.protocol.frame.codec.EncryptedMessageDecoder;
import io.aktnode.protocol.frame.codec.MessageHeaderDecoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Opens the encrypted messages of one sender. Gives out nothing whose tag is not right; whatever
 * the bytes, throws nothing. One thread.
 */
public final class FrameDecryptor {

    private final FrameKey key;
    private final int streamId;
    private final Cipher cipher = FrameEncryptor.cipher();
    private final MessageHeaderDecoder messageHeader = new MessageHeaderDecoder();
    private final EncryptedMessageDecoder envelope = new EncryptedMessageDecoder();
    private final ByteBuffer nonce = ByteBuffer.allocate(FrameEncryptor.NONCE_BYTES);
    private final UnsafeBuffer encrypted = new UnsafeBuffer(new byte[0]);
    private final UnsafeBuffer plain = new UnsafeBuffer(new byte[0]);

    private long saltHigh;
    private long saltLow;
    private SecretKey saltedKey;
    private int plainBytes;
    private DropReason problem;
    private String detail;

    /**
     * @param streamId the stream the messages come on
     */
    public FrameDecryptor(FrameKey key, int streamId) {
        this.key = key;
        this.streamId = streamId;
    }

    /**
     * Opens one message; what was opened before is lost.
     *
     * @param length of a message that {@link FrameReader#isEncrypted looks encrypted}
     * @return whether {@link #plain} holds a message as a holder of the key wrote it; else {@link
     *     #problem} and {@link #detail} tell why not
     */
    public boolean open(DirectBuffer buffer, int offset, int length) {
        reserve(length);
        // The sender may still reach the memory of the message: what is checked must be what is
        // used.
        buffer.getBytes(offset, encrypted, 0, length);
        messageHeader.wrap(encrypted, 0);
        envelope.wrap(
                encrypted,
                MessageHeaderDecoder.ENCODED_LENGTH,
                EncryptedMessageDecoder.BLOCK_LENGTH,
                EncryptedMessageDecoder.SCHEMA_VERSION);
        if (envelope.protocolVersion() != FrameWriter.PROTOCOL_VERSION) {
            return failed(
                    DropReason.UNKNOWN_VERSION,
                    "protocol version "
                            + envelope.protocolVersion()
                            + ", expected "
                            + FrameWriter.PROTOCOL_VERSION);
        }
        long sealed = encrypted.getInt(envelope.limit(), ByteOrder.LITTLE_ENDIAN) & 0xFFFF_FFFFL;
        if (messageHeader.blockLength() != EncryptedMessageDecoder.BLOCK_LENGTH
                || sealed != length - FrameEncryptor.TEXT_OFFSET) {
            return failed(
                    DropReason.MALFORMED,
                    sealed + " encrypted bytes in a message of " + length + " bytes");
        }
        if (envelope.keyId() != key.id()) {
            return failed(
                    DropReason.WRONG_KEY,
                    "encrypted under frame key "
                            + FrameKey.hex(envelope.keyId())
                            + ", this node was given "
                            + FrameKey.hex(key.id())
                            + "; the sender belongs to another run, or the frame to an earlier"
                            + " start of the run or of this role");
        }
        return decrypt(length);
    }

    private boolean decrypt(int length) {
        takeSalt(envelope.saltHigh(), envelope.saltLow());
        byte[] in = encrypted.byteArray();
        try {
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    saltedKey,
                    FrameEncryptor.parameters(
                            nonce, envelope.frameSequence(), envelope.messageIndex()));
            cipher.updateAAD(in, 0, FrameEncryptor.TEXT_OFFSET);
            plainBytes =
                    cipher.doFinal(
                            in,
                            FrameEncryptor.TEXT_OFFSET,
                            length - FrameEncryptor.TEXT_OFFSET,
                            plain.byteArray(),
                            0);
            problem = null;
            detail = null;
            return true;
        } catch (AEADBadTagException e) {
            return failed(
                    DropReason.FORGED,
                    "message "
                            + envelope.messageIndex()
                            + " of frame "
                            + envelope.frameSequence()
                            + " was changed on its way, or made without the key");
        } catch (GeneralSecurityException e) {
            return failed(DropReason.FORGED, "cannot be decrypted: " + e.getMessage());
        }
    }

    private void takeSalt(long high, long low) {
        if (saltedKey == null || high != saltHigh || low != saltLow) {
            saltHigh = high;
            saltLow = low;
            saltedKey = key.derive(streamId, high, low);
        }
    }

    private void reserve(int length) {
        if (encrypted.capacity() < length) {
            encrypted.wrap(new byte[length]);
            plain.wrap(new byte[length]);
        }
    }

    private boolean failed(DropReason reason, String why) {
        problem = reason;
        detail = why;
        plainBytes = 0;
        return false;
    }

    /** The message, from 0; good until the next is opened. */
    public DirectBuffer plain() {
        return plain;
    }

    /** Its length. */
    public int plainBytes() {
        return plainBytes;
    }

    /** Why the message could not be opened. */
    public DropReason problem() {
        return problem;
    }

    /** The same in words. */
    public String detail() {
        return detail;
    }

    /** First half of the salt of the message last seen; proven only if it was opened. */
    public long saltHigh() {
        return envelope.saltHigh();
    }

    /** Second half of it. */
    public long saltLow() {
        return envelope.saltLow();
    }

    /** Which frame the message last seen says it belongs to; proven only if it was opened. */
    public long sequence() {
        return envelope.frameSequence();
    }

    /** Its number within the frame, from 0; proven only if it was opened. */
    public int index() {
        return envelope.messageIndex();
    }
}
