package io.aktnode.nn.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Reads and writes dictionaries as safetensors files: the header's length as 8 little-endian bytes,
 * a JSON header padded with blanks to a multiple of 8, then the tensors' bytes one after the other.
 *
 * <p>Written are float32 tensors, in the dictionary's order: the same dictionary always gives the
 * same bytes. Read are {@code F32, F64, F16, BF16, I64}, all to float32. Every failure is a {@link
 * ModelFileException}. Any thread.
 */
public final class Safetensors {

    /** The limit of the reference implementation. */
    private static final long MAX_HEADER_BYTES = 100_000_000;

    private static final int LENGTH_BYTES = 8;

    private Safetensors() {}

    /**
     * Replaces {@code file} crash safely (see {@link DurableFiles#replace}).
     *
     * @return SHA-256 of the file, lower-case hexadecimal
     */
    public static String write(Path file, StateDict dictionary) {
        try {
            return DurableFiles.replace(file, channel -> encode(channel, dictionary));
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    /**
     * Writes {@code file} and flushes it to the device, without the rename: for a directory that is
     * renamed as a whole afterwards.
     *
     * @return SHA-256 of the file, lower-case hexadecimal
     */
    public static String writeInPlace(Path file, StateDict dictionary) {
        try {
            return DurableFiles.write(file, channel -> encode(channel, dictionary));
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    /**
     * What {@link #write} would write, in memory.
     *
     * @throws ArithmeticException if it has 2 GiB or more
     */
    public static ByteBuffer bytes(StateDict dictionary) {
        byte[] header;
        try {
            header = header(dictionary);
        } catch (IOException e) {
            throw new UncheckedIOException("names and shapes always fit in memory", e);
        }
        int length = Math.addExact(LENGTH_BYTES, header.length);
        for (FloatArray array : dictionary.arrays().values()) {
            length = Math.addExact(length, byteLength(array));
        }
        ByteBuffer bytes = little(length).putLong(header.length).put(header);
        for (FloatArray array : dictionary.arrays().values()) {
            bytes.asFloatBuffer().put(array.values());
            bytes.position(bytes.position() + byteLength(array));
        }
        return bytes.flip();
    }

    public static StateDict read(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            return decode(file, channel);
        } catch (NoSuchFileException e) {
            throw new ModelFileException(file, "there is no such file; check the path", e);
        } catch (IOException e) {
            throw new ModelFileException(file, "cannot be read (" + e + ")", e);
        }
    }

    /** SHA-256 of any file, lower-case hexadecimal: what writing it returned, if it is intact. */
    public static String sha256(Path file) {
        MessageDigest digest = newSha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] chunk = new byte[1 << 16];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                digest.update(chunk, 0, count);
            }
        } catch (IOException e) {
            throw new ModelFileException(file, "cannot be read (" + e + ")", e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** SHA-256 of bytes in memory, lower-case hexadecimal. */
    public static String sha256(ByteBuffer bytes) {
        MessageDigest digest = newSha256();
        digest.update(bytes.duplicate());
        return HexFormat.of().formatHex(digest.digest());
    }

    private static byte[] header(StateDict dictionary) throws IOException {
        byte[] json = SafetensorsHeader.encode(dictionary);
        byte[] header = Arrays.copyOf(json, Math.addExact(json.length, 7) & ~7);
        Arrays.fill(header, json.length, header.length, (byte) ' ');
        return header;
    }

    private static int byteLength(FloatArray array) {
        return Math.multiplyExact(array.values().length, Float.BYTES);
    }

    private static String encode(FileChannel channel, StateDict dictionary) throws IOException {
        byte[] header = header(dictionary);
        MessageDigest digest = newSha256();
        put(channel, digest, little(LENGTH_BYTES).putLong(0, header.length));
        put(channel, digest, ByteBuffer.wrap(header));
        for (FloatArray array : dictionary.arrays().values()) {
            ByteBuffer bytes = little(byteLength(array));
            bytes.asFloatBuffer().put(array.values());
            put(channel, digest, bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void put(FileChannel channel, MessageDigest digest, ByteBuffer bytes)
            throws IOException {
        digest.update(bytes.duplicate());
        DurableFiles.writeFully(channel, bytes);
    }

    private static StateDict decode(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < LENGTH_BYTES) {
            throw new ModelFileException(
                    file,
                    "has "
                            + size
                            + " bytes, a safetensors file at least 8; it is cut off or something"
                            + " else");
        }
        long headerBytes = readFully(file, channel, 0, LENGTH_BYTES).getLong(0);
        if (headerBytes < 2 || headerBytes > Math.min(MAX_HEADER_BYTES, size - LENGTH_BYTES)) {
            throw new ModelFileException(
                    file,
                    "claims a header of "
                            + Long.toUnsignedString(headerBytes)
                            + " bytes, possible are 2 to "
                            + Math.min(MAX_HEADER_BYTES, size - LENGTH_BYTES)
                            + "; it is cut off or not safetensors, copy or export it again");
        }
        byte[] json = readFully(file, channel, LENGTH_BYTES, (int) headerBytes).array();
        long dataStart = LENGTH_BYTES + headerBytes;
        SafetensorsHeader header = SafetensorsHeader.parse(file, json, size - dataStart);
        StateDict dictionary = new StateDict();
        header.metadata().forEach(dictionary::putMetadata);
        for (SafetensorsHeader.Entry entry : header.tensors()) {
            int bytes = (int) (entry.end() - entry.begin());
            ByteBuffer data = readFully(file, channel, dataStart + entry.begin(), bytes);
            dictionary.put(
                    entry.name(),
                    new FloatArray(entry.shape(), entry.type().toFloats(data, entry.count())));
        }
        return dictionary;
    }

    private static ByteBuffer readFully(Path file, FileChannel channel, long position, int count)
            throws IOException {
        ByteBuffer bytes = little(count);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, position + bytes.position()) < 0) {
                throw new ModelFileException(
                        file, "became shorter while it was read; read it again once it is whole");
            }
        }
        return bytes.flip();
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ModelFileException cannotWrite(Path file, IOException cause) {
        return new ModelFileException(
                file,
                "cannot be written (" + cause + "); check the directory and free space",
                cause);
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
