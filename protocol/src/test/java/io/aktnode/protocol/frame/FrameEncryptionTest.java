package io.aktnode.protocol.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameEncryptionTest {

    private static final int STREAM = 3001;
    private static final int OFFSET = 40;

    /** Offset of the key's id, behind the header, the version and the index. */
    private static final int KEY_ID = 8 + 2 + 4;

    private final SecureRandom random = new SecureRandom();
    private final FrameKey key = FrameKey.draw(random);
    private final FrameEncryptor encryptor = new FrameEncryptor(key, STREAM, random);
    private final FrameDecryptor decryptor = new FrameDecryptor(key, STREAM);
    private final FrameReader reader = new FrameReader(1 << 20);
    private final UnsafeBuffer wire = new UnsafeBuffer(ByteBuffer.allocateDirect(128 * 1024));

    private static byte[] text(int length) {
        byte[] text = new byte[length];
        new Random(length).nextBytes(text);
        return text;
    }

    /** Puts an encrypted message on the wire, at an offset; returns its length there. */
    private int send(byte[] text, long sequence, int index) {
        encryptor.beginFrame();
        encryptor.plain(text.length).putBytes(0, text);
        int length = encryptor.encrypt(text.length, sequence, index);
        wire.putBytes(OFFSET, encryptor.encrypted(), 0, length);
        return length;
    }

    private boolean open(int length) {
        return decryptor.open(wire, OFFSET, length);
    }

    private byte[] opened() {
        byte[] bytes = new byte[decryptor.plainBytes()];
        decryptor.plain().getBytes(0, bytes);
        return bytes;
    }

    private void flip(int at, int bit) {
        wire.putByte(OFFSET + at, (byte) (wire.getByte(OFFSET + at) ^ 1 << bit));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 1300, 8000, 65_000})
    void opensWhatWasEncrypted(int length) {
        int sent = send(text(length), 7, 3);

        assertEquals(length + FrameEncryptor.OVERHEAD_BYTES, sent);
        assertTrue(reader.isEncrypted(wire, OFFSET, sent));
        assertTrue(open(sent), decryptor::detail);
        assertArrayEquals(text(length), opened());
        assertEquals(7, decryptor.sequence());
        assertEquals(3, decryptor.index());
    }

    @Test
    void messagesOfDifferentLengthFollowEachOther() {
        for (int length : new int[] {1300, 20, 9000, 1, 1300}) {
            assertTrue(open(send(text(length), length, 0)));
            assertArrayEquals(text(length), opened());
        }
    }

    @Test
    void hidesTheText() {
        byte[] zeros = new byte[1000];
        int sent = send(zeros, 1, 0);

        byte[] bytes = new byte[sent - FrameEncryptor.TEXT_OFFSET];
        wire.getBytes(OFFSET + FrameEncryptor.TEXT_OFFSET, bytes);
        int zerosLeft = 0;
        for (byte b : bytes) {
            zerosLeft += b == 0 ? 1 : 0;
        }
        assertTrue(zerosLeft < 50, zerosLeft + " of " + bytes.length + " bytes are 0");
    }

    /** Header, version, index, key, salt, sequence, length, text, tag: nothing may change. */
    @Test
    void findsEverySingleFlippedBit() {
        int sent = send(text(50), 7, 3);

        for (int bit = 0; bit < sent * 8; bit++) {
            flip(bit / 8, bit % 8);
            boolean accepted = reader.isEncrypted(wire, OFFSET, sent) && open(sent);
            assertFalse(accepted, "bit " + bit);
            flip(bit / 8, bit % 8);
        }
        assertTrue(open(sent));
    }

    @Test
    void findsEveryMissingOrExtraByte() {
        int sent = send(text(50), 7, 3);

        for (int wrong = FrameEncryptor.OVERHEAD_BYTES; wrong < sent + 50; wrong++) {
            if (wrong != sent) {
                assertFalse(open(wrong), wrong + " bytes");
                assertEquals(DropReason.MALFORMED, decryptor.problem());
            }
        }
        assertFalse(reader.isEncrypted(wire, OFFSET, FrameEncryptor.OVERHEAD_BYTES - 1));
    }

    @Test
    void aChangedTextIsForged() {
        int sent = send(text(50), 7, 3);
        flip(FrameEncryptor.TEXT_OFFSET + 5, 0);

        assertFalse(open(sent));

        assertEquals(DropReason.FORGED, decryptor.problem());
        assertEquals(
                "message 3 of frame 7 was changed on its way, or made without the key",
                decryptor.detail());
        assertEquals(0, decryptor.plainBytes());
    }

    @Test
    void anotherKeyIsToldByItsId() {
        FrameKey other = FrameKey.draw(random);
        int sent = send(text(50), 7, 3);

        FrameDecryptor stranger = new FrameDecryptor(other, STREAM);

        assertFalse(stranger.open(wire, OFFSET, sent));
        assertEquals(DropReason.WRONG_KEY, stranger.problem());
        assertTrue(stranger.detail().contains(FrameKey.hex(key.id())), stranger.detail());
        assertTrue(stranger.detail().contains(FrameKey.hex(other.id())), stranger.detail());
    }

    @Test
    void aBorrowedIdDoesNotHelp() {
        FrameEncryptor thief = new FrameEncryptor(FrameKey.draw(random), STREAM, random);
        thief.beginFrame();
        thief.plain(10);
        int length = thief.encrypt(10, 1, 0);
        wire.putBytes(OFFSET, thief.encrypted(), 0, length);
        wire.putLong(OFFSET + KEY_ID, key.id(), ByteOrder.LITTLE_ENDIAN);

        assertFalse(open(length));
        assertEquals(DropReason.FORGED, decryptor.problem());
    }

    @Test
    void aMessageForAnotherStreamIsForged() {
        int sent = send(text(50), 7, 3);

        FrameDecryptor elsewhere = new FrameDecryptor(key, STREAM + 1);

        assertFalse(elsewhere.open(wire, OFFSET, sent));
        assertEquals(DropReason.FORGED, elsewhere.problem());
    }

    @Test
    void anotherProtocolVersionIsRefused() {
        int sent = send(text(50), 7, 3);
        wire.putShort(OFFSET + 8, (short) 1, ByteOrder.LITTLE_ENDIAN);

        assertFalse(open(sent));
        assertEquals(DropReason.UNKNOWN_VERSION, decryptor.problem());
    }

    @Test
    void survivesGarbage() {
        Random garbage = new Random(9);
        byte[] bytes = new byte[300];
        int sent = send(text(200), 1, 0);
        byte[] good = new byte[sent];
        wire.getBytes(OFFSET, good);

        for (int i = 0; i < 20_000; i++) {
            garbage.nextBytes(bytes);
            wire.putBytes(OFFSET, bytes);
            // Enough of a header to get past the first look.
            wire.putBytes(OFFSET, good, 0, garbage.nextInt(FrameEncryptor.TEXT_OFFSET + 1));
            assertFalse(open(FrameEncryptor.OVERHEAD_BYTES + garbage.nextInt(200)));
        }
        wire.putBytes(OFFSET, good);
        assertTrue(open(sent));
    }

    /** Key (through its salt) and nonce of each message, over many salts: never the same twice. */
    @Test
    void noNonceIsUsedTwiceUnderASalt() {
        Set<String> used = new HashSet<>();
        Set<String> salts = new HashSet<>();
        for (int publication = 0; publication < 5; publication++) {
            FrameEncryptor own = new FrameEncryptor(key, STREAM, random, 100);
            for (int frame = 0; frame < 200; frame++) {
                own.beginFrame();
                for (int index = 0; index < 7; index++) {
                    own.plain(1);
                    int length = own.encrypt(1, frame, index);
                    assertTrue(decryptor.open(own.encrypted(), 0, length));
                    String salt = decryptor.saltHigh() + " " + decryptor.saltLow();
                    salts.add(salt);
                    assertTrue(
                            used.add(salt + " " + decryptor.sequence() + " " + decryptor.index()));
                }
            }
        }
        assertEquals(5 * 200 * 7, used.size());
        // 1400 messages of each publication, a new salt at the first frame after 100.
        assertEquals(5 * 14, salts.size());
    }

    /** What the schema says, done with nothing but the JDK: another program could read it too. */
    @Test
    void bytesOnTheWireAreThoseTheSchemaDescribes() throws Exception {
        byte[] text = text(100);
        int sent = send(text, 0x0102030405060708L, 9);
        byte[] message = new byte[sent];
        wire.getBytes(OFFSET, message);
        ByteBuffer fields = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);

        assertEquals(38, fields.getShort());
        assertEquals(3, fields.getShort());
        assertEquals(16714, fields.getShort());
        assertEquals(2, fields.getShort());
        assertEquals(2, fields.getShort()); // protocol version
        assertEquals(9, fields.getInt());
        assertEquals(key.id(), fields.getLong());
        long saltHigh = fields.getLong();
        long saltLow = fields.getLong();
        assertEquals(0x0102030405060708L, fields.getLong());
        assertEquals(116, fields.getInt());
        byte[] cipherText = new byte[116];
        fields.get(cipherText);
        assertFalse(fields.hasRemaining());

        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.secret(), "HmacSHA256"));
        mac.update("akt-node frame".getBytes());
        mac.update(
                ByteBuffer.allocate(21)
                        .putInt(STREAM)
                        .putLong(saltHigh)
                        .putLong(saltLow)
                        .put((byte) 1)
                        .array());
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(mac.doFinal(), "AES"),
                new GCMParameterSpec(
                        128,
                        ByteBuffer.allocate(12).putLong(0x0102030405060708L).putInt(9).array()));
        cipher.updateAAD(Arrays.copyOf(message, message.length - 116));
        assertArrayEquals(text, cipher.doFinal(cipherText));
    }
}
