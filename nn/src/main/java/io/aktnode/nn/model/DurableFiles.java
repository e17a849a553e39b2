package io.aktnode.nn.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes files so that a crash or power cut at any instant leaves either the old content or the
 * new, never a part. One writer per path at a time.
 */
public final class DurableFiles {

    private DurableFiles() {}

    /**
     * Fills a file.
     *
     * @param <R> what filling yields, for instance a checksum
     */
    @FunctionalInterface
    public interface Filler<R> {
        R fill(FileChannel channel) throws IOException;
    }

    /**
     * Replaces a file as one step: the content goes to {@code .NAME.tmp} beside it, is flushed to
     * the device and renamed; then the directory is flushed too.
     */
    public static <R> R replace(Path file, Filler<R> filler) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path directory = absolute.getParent();
        if (directory == null) {
            throw new IOException(file + " is a directory");
        }
        Path temporary = directory.resolve("." + absolute.getFileName() + ".tmp");
        try {
            R result = write(temporary, filler);
            Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
            forceDirectory(directory);
            return result;
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    /** Replaces a file by these bytes, as {@link #replace(Path, Filler)} does. */
    public static void replace(Path file, byte[] content) throws IOException {
        replace(
                file,
                channel -> {
                    writeFully(channel, ByteBuffer.wrap(content));
                    return content.length;
                });
    }

    /**
     * Writes a file and flushes it to the device, without any rename: for files in a directory that
     * only counts once it is renamed as a whole.
     */
    public static <R> R write(Path file, Filler<R> filler) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            R result = filler.fill(channel);
            channel.force(true);
            return result;
        }
    }

    /** Flushes a directory's entries, so that a rename or a new file in it survives a crash. */
    public static void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Appends bytes to a file that is open for it: they are there whole or not at all, on a full
     * disk too. Not flushed to the device: a crash of the process loses nothing, a power cut may.
     */
    public static void append(FileChannel file, byte[] bytes) throws IOException {
        long before = file.size();
        try {
            writeFully(file, ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            file.truncate(before);
            throw e;
        }
    }

    static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
