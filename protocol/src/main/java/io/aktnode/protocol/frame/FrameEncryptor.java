package io.aktnode.protocol.frame;

import io.aktnode.protocol.frame.codec.EncryptedMessageEncoder;
import io.aktnode.protocol.frame.codec.MessageHeaderEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Encrypts and authenticates the messages of one publication with AES-256-GCM. One thread.
 *
 * <p>No nonce serves twice under one key: the key is derived from a salt of 128 random bits that
 * this publication alone has, the nonce is the frame's sequence and the message's index, and the
 * caller numbers each frame higher than the one before. After {@code 2^28} messages, at most 2^40
 * blocks of the cipher where 2^48 would begin to matter, the next frame gets a new salt; the
 * receiver reads it from the message.
 *
 * <p>A message is written to {@link #plain}, then {@link #encrypt}; works on heap memory, where the
 * JDK's GCM is fastest.
 */
public final class FrameEncryptor {

    static final String CIPHER = "AES/GCM/NoPadding";
    static final int NONCE_BYTES = 12;
    static final int TAG_BYTES = 16;

    /** Bytes before the encrypted message: all of them are authenticated. */
    static final int TEXT_OFFSET =
            MessageHeaderEncoder.ENCODED_LENGTH
                    + EncryptedMessageEncoder.BLOCK_LENGTH
                    + EncryptedMessageEncoder.cipherTextHeaderLength();

    /** How much longer a message becomes, bytes. */
    public static final int OVERHEAD_BYTES = TEXT_OFFSET + TAG_BYTES;

    private static final long MESSAGES_PER_SALT = 1L << 28;

    private final FrameKey key;
    private final int streamId;
    private final SecureRandom random;
    private final long messagesPerSalt;
    private final Cipher cipher;
    private final MessageHeaderEncoder messageHeader = new MessageHeaderEncoder();
    private final EncryptedMessageEncoder envelope = new EncryptedMessageEncoder();
    private final ByteBuffer nonce = ByteBuffer.allocate(NONCE_BYTES);
    private final UnsafeBuffer plain = new UnsafeBuffer(new byte[0]);
    private final UnsafeBuffer encrypted = new UnsafeBuffer(new byte[0]);

    private long saltHigh;
    private long saltLow;
    private SecretKey saltedKey;
    private long messages;

    /**
     * @param streamId the only stream on which the messages will be accepted
     * @param random for salts
     */
    public FrameEncryptor(FrameKey key, int streamId, SecureRandom random) {
        this(key, streamId, random, MESSAGES_PER_SALT);
    }

    FrameEncryptor(FrameKey key, int streamId, SecureRandom random, long messagesPerSalt) {
        this.key = key;
        this.streamId = streamId;
        this.random = random;
        this.messagesPerSalt = messagesPerSalt;
        this.cipher = cipher();
    }

    static Cipher cipher() {
        try {
            return Cipher.getInstance(CIPHER);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + CIPHER, e);
        }
    }

    /** Before the first message of each frame. */
    public void beginFrame() {
        if (saltedKey == null || messages >= messagesPerSalt) {
            saltHigh = random.nextLong();
            saltLow = random.nextLong();
            saltedKey = key.derive(streamId, saltHigh, saltLow);
            messages = 0;
        }
    }

    /** Room for a message of so many bytes, from 0; what was there is lost. */
    public MutableDirectBuffer plain(int length) {
        if (plain.capacity() < length) {
            plain.wrap(new byte[length]);
            encrypted.wrap(new byte[length + OVERHEAD_BYTES]);
        }
        return plain;
    }

    /** What {@link #encrypt} made, from 0; good until the next. */
    public DirectBuffer encrypted() {
        return encrypted;
    }

    /**
     * Encrypts the message in {@link #plain}.
     *
     * @param frameSequence higher than that of each frame before
     * @param messageIndex counts the messages of the frame, from 0
     * @return length of {@link #encrypted}: {@link #OVERHEAD_BYTES} more
     */
    public int encrypt(int length, long frameSequence, int messageIndex) {
        envelope.wrapAndApplyHeader(encrypted, 0, messageHeader)
                .protocolVersion(FrameWriter.PROTOCOL_VERSION)
                .messageIndex(messageIndex)
                .keyId(key.id())
                .saltHigh(saltHigh)
                .saltLow(saltLow)
                .frameSequence(frameSequence);
        encrypted.putInt(envelope.limit(), length + TAG_BYTES, ByteOrder.LITTLE_ENDIAN);
        byte[] out = encrypted.byteArray();
        try {
            cipher.init(
                    Cipher.ENCRYPT_MODE, saltedKey, parameters(nonce, frameSequence, messageIndex));
            cipher.updateAAD(out, 0, TEXT_OFFSET);
            cipher.doFinal(plain.byteArray(), 0, length, out, TEXT_OFFSET);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "cannot encrypt message " + messageIndex + " of frame " + frameSequence, e);
        }
        messages++;
        return length + OVERHEAD_BYTES;
    }

    static GCMParameterSpec parameters(ByteBuffer nonce, long frameSequence, int messageIndex) {
        nonce.clear().putLong(frameSequence).putInt(messageIndex);
        return new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce.array());
    }
}
