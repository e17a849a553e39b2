package io.aktnode.protocol.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class FrameKeyTest {

    private static final byte[] SECRET = new byte[FrameKey.BYTES];

    static {
        Arrays.fill(SECRET, (byte) 0x5a);
    }

    @Test
    void doesNotTellItsSecret() {
        FrameKey key = FrameKey.of(SECRET);

        assertFalse(key.toString().contains("5a5a"), key.toString());
        assertEquals("frame key " + HexFormat.of().toHexDigits(key.id()), key.toString());
        assertNotEquals(0x5a5a5a5a5a5a5a5aL, key.id());
    }

    @Test
    void isEqualByItsSecret() {
        byte[] other = SECRET.clone();
        other[31]++;

        assertEquals(FrameKey.of(SECRET), FrameKey.of(SECRET.clone()));
        assertEquals(FrameKey.of(SECRET).hashCode(), FrameKey.of(SECRET).hashCode());
        assertNotEquals(FrameKey.of(SECRET), FrameKey.of(other));
        assertNotEquals(FrameKey.of(SECRET).id(), FrameKey.of(other).id());
    }

    @Test
    void isAnotherOneForEachOpening() {
        FrameKey key = FrameKey.of(SECRET);

        assertEquals(key.forOpening(7), key.forOpening(7));
        assertNotEquals(key.forOpening(7), key.forOpening(8));
        assertNotEquals(key, key.forOpening(7));
        assertNotEquals(key.forOpening(7).id(), key.forOpening(8).id());
    }

    @Test
    void isDrawnAnewEachTime() {
        SecureRandom random = new SecureRandom();

        assertNotEquals(FrameKey.draw(random), FrameKey.draw(random));
    }

    @Test
    void keepsItsSecretToItself() {
        byte[] given = SECRET.clone();
        FrameKey key = FrameKey.of(given);
        given[0] = 0;
        key.secret()[1] = 0;

        assertArrayEquals(SECRET, key.secret());
    }

    @Test
    void travelsInAMessage() throws Exception {
        ObjectMapper mapper = new CBORMapper();
        FrameKey key = FrameKey.of(SECRET);

        assertEquals(key, mapper.readValue(mapper.writeValueAsBytes(key), FrameKey.class));
    }

    @Test
    void refusesAnotherLength() {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> FrameKey.of(new byte[16]));

        assertEquals("a frame key has 32 bytes, not 16", thrown.getMessage());
    }
}
