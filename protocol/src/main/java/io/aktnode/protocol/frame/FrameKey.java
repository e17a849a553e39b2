package io.aktnode.protocol.frame;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret under which the frames of one run are encrypted between machines: 256 random bits,
 * known to the run's nodes only. Whoever leads a run draws it, anew at each start, and hands it out
 * over a channel that is itself encrypted; it belongs in no file and no log. Immutable.
 *
 * <p>All nodes of a run have the same key, so it proves that a frame comes from one of them, not
 * from which.
 */
public final class FrameKey {

    /** Length of a key, bytes. */
    public static final int BYTES = 32;

    private static final String MAC = "HmacSHA256";
    private static final byte[] FRAME_LABEL = label("akt-node frame");
    private static final byte[] ID_LABEL = label("akt-node frame key id");
    private static final byte[] OPENING_LABEL = label("akt-node frame endpoint");

    private final byte[] secret;
    private final long id;

    private FrameKey(byte[] secret) {
        if (secret.length != BYTES) {
            throw new IllegalArgumentException(
                    "a frame key has " + BYTES + " bytes, not " + secret.length);
        }
        this.secret = secret.clone();
        this.id = ByteBuffer.wrap(expand(ID_LABEL)).getLong();
    }

    /** Draws a new key. */
    public static FrameKey draw(SecureRandom random) {
        byte[] secret = new byte[BYTES];
        random.nextBytes(secret);
        return new FrameKey(secret);
    }

    /**
     * A key handed out by another node.
     *
     * @throws IllegalArgumentException unless it has {@link #BYTES} bytes
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static FrameKey of(byte[] secret) {
        return new FrameKey(secret);
    }

    /** A copy of the secret, for handing it out. */
    @JsonValue
    public byte[] secret() {
        return secret.clone();
    }

    /** Tells keys apart; nothing about the secret follows from it. */
    public long id() {
        return id;
    }

    /**
     * The key for one opening of an endpoint. Frames that were captured on their way to an earlier
     * one cannot be opened under it.
     *
     * @param opening drawn by whoever opens the endpoint, and told to its senders; no secret
     */
    public FrameKey forOpening(long opening) {
        byte[] info =
                ByteBuffer.allocate(OPENING_LABEL.length + Long.BYTES)
                        .put(OPENING_LABEL)
                        .putLong(opening)
                        .array();
        return new FrameKey(expand(info));
    }

    /** The key for one stream and salt. */
    SecretKey derive(int streamId, long saltHigh, long saltLow) {
        byte[] info =
                ByteBuffer.allocate(FRAME_LABEL.length + Integer.BYTES + 2 * Long.BYTES)
                        .put(FRAME_LABEL)
                        .putInt(streamId)
                        .putLong(saltHigh)
                        .putLong(saltLow)
                        .array();
        return new SecretKeySpec(expand(info), "AES");
    }

    /** HKDF-Expand of RFC 5869 with SHA-256, to one block: the secret is random already. */
    private byte[] expand(byte[] info) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(secret, MAC));
            mac.update(info);
            mac.update((byte) 1);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + MAC, e);
        }
    }

    private static byte[] label(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static String hex(long id) {
        return HexFormat.of().toHexDigits(id);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FrameKey key && MessageDigest.isEqual(secret, key.secret);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id);
    }

    /** Its id: the secret is for no log. */
    @Override
    public String toString() {
        return "frame key " + hex(id);
    }
}
