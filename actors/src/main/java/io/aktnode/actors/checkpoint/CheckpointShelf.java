package io.aktnode.actors.checkpoint;

import io.aktnode.actors.transfer.Shelf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The files of complete checkpoints for other processes, as {@code step-00000400/manifest.json};
 * nothing else can be asked for. Any thread.
 */
public final class CheckpointShelf implements Shelf {

    private static final Pattern STEP = Pattern.compile("step-\\d{8,18}");

    private final Path directory;

    /**
     * @param directory that of a {@link CheckpointStore}
     */
    public CheckpointShelf(Path directory) {
        this.directory = directory;
    }

    /** Under which name a checkpoint's file is found on its process's shelf. */
    public static String name(long step, String file) {
        return CheckpointStore.name(step) + "/" + file;
    }

    @Override
    public Slice read(String file, long offset, int atMost) throws IOException {
        String[] parts = file.split("/", -1);
        if (parts.length != 2
                || !STEP.matcher(parts[0]).matches()
                || !ManifestFile.plain(parts[1])) {
            throw new IOException("no file of a checkpoint is called so");
        }
        Path path = directory.resolve(parts[0]).resolve(parts[1]);
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("it is not there, or not any more");
        }
        try (FileChannel channel = FileChannel.open(path)) {
            long length = channel.size();
            // A buffer of the slice's own size: it is sent as it is.
            int bytes = (int) Math.min(atMost, Math.max(0, length - offset));
            ByteBuffer slice = ByteBuffer.allocate(bytes);
            while (slice.hasRemaining() && channel.read(slice, offset + slice.position()) >= 0) {
                // Until it is full, or the file has become shorter.
            }
            return new Slice(slice.flip(), length);
        }
    }
}
