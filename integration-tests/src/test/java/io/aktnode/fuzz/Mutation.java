package io.aktnode.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * One way of damaging bytes. What it does depends on the numbers and the bytes only, so that a
 * failing list of mutations can be shrunk.
 *
 * @param position where, modulo the length
 * @param value what with; each kind reads it in its own way
 */
public record Mutation(Kind kind, int position, long value) {

    /** How bytes are damaged. */
    public enum Kind {
        FLIP_BIT,
        SET_BYTE,
        /** A field of 1, 2, 4 or 8 bytes becomes a number at which lengths go wrong. */
        EXTREME_NUMBER,
        CUT_OFF,
        REMOVE,
        REPEAT,
        /** A piece of another sample is put in. */
        SPLICE,
        /** A word of the format is put in. */
        INSERT_WORD,
        OVERWRITE_WORD
    }

    /** Inputs do not grow beyond this. */
    static final int MAX_BYTES = 1 << 16;

    private static final long[] EXTREMES = {
        0,
        1,
        -1,
        Byte.MAX_VALUE,
        Byte.MIN_VALUE,
        Short.MAX_VALUE,
        Short.MIN_VALUE,
        0xFFFF,
        1 << 20,
        1 << 24,
        100_000_000,
        1 << 30,
        Integer.MAX_VALUE - 8,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        0xFFFF_FFFFL,
        1L << 40,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    /** Damaged bytes; those given are left alone. */
    byte[] apply(byte[] bytes, List<byte[]> samples, List<byte[]> words) {
        int at = bytes.length == 0 ? 0 : position % bytes.length;
        int number = (int) (value & Integer.MAX_VALUE);
        return switch (kind) {
            case FLIP_BIT -> overwrite(bytes, at, (byte) (peek(bytes, at) ^ 1 << (number & 7)));
            case SET_BYTE -> overwrite(bytes, at, (byte) number);
            case EXTREME_NUMBER -> overwrite(bytes, at, extreme(number, bytes.length));
            case CUT_OFF -> Arrays.copyOf(bytes, at);
            case REMOVE -> replace(bytes, at, Math.min(bytes.length, at + 1 + number % 64));
            case REPEAT -> repeat(bytes, at, number);
            case SPLICE -> {
                byte[] other = samples.get(number % samples.size());
                int from = (number >>> 8) % Math.max(1, other.length);
                int to = Math.min(other.length, from + 1 + (number >>> 16) % 256);
                yield replace(bytes, at, at, Arrays.copyOfRange(other, from, to));
            }
            case INSERT_WORD ->
                    words.isEmpty()
                            ? bytes
                            : replace(bytes, at, at, words.get(number % words.size()));
            case OVERWRITE_WORD ->
                    words.isEmpty()
                            ? bytes
                            : overwrite(bytes, at, words.get(number % words.size()));
        };
    }

    private static byte peek(byte[] bytes, int at) {
        return at < bytes.length ? bytes[at] : 0;
    }

    private static byte[] extreme(int number, int length) {
        int choice = number % (EXTREMES.length + 3);
        // The last three are the input's own length and its neighbours.
        long value =
                choice < EXTREMES.length
                        ? EXTREMES[choice]
                        : length + (choice - EXTREMES.length - 1L);
        int width = 1 << ((number >>> 8) & 3);
        boolean little = (number & 1 << 12) == 0;
        byte[] field =
                ByteBuffer.allocate(Long.BYTES)
                        .order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
                        .putLong(0, value)
                        .array();
        return little
                ? Arrays.copyOf(field, width)
                : Arrays.copyOfRange(field, Long.BYTES - width, Long.BYTES);
    }

    private static byte[] overwrite(byte[] bytes, int at, byte... with) {
        byte[] result = bytes.clone();
        System.arraycopy(with, 0, result, at, Math.min(with.length, result.length - at));
        return result;
    }

    private static byte[] repeat(byte[] bytes, int at, int number) {
        byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 1 + number % 32));
        int times = 1 << ((number >>> 8) % 15);
        byte[] many =
                new byte[piece.length * Math.min(times, MAX_BYTES / Math.max(1, piece.length))];
        for (int i = 0; i < many.length; i++) {
            many[i] = piece[i % piece.length];
        }
        return replace(bytes, at, at, many);
    }

    private static byte[] replace(byte[] bytes, int from, int to, byte... with) {
        if (bytes.length - (to - from) + with.length > MAX_BYTES) {
            return bytes;
        }
        byte[] result = new byte[bytes.length - (to - from) + with.length];
        System.arraycopy(bytes, 0, result, 0, from);
        System.arraycopy(with, 0, result, from, with.length);
        System.arraycopy(bytes, to, result, from + with.length, bytes.length - to);
        return result;
    }
}
