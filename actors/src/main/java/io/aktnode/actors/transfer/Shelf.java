package io.aktnode.actors.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Files by name, read in slices. One thread. */
public interface Shelf {

    /**
     * @param bytes of the slice; empty at the end of the file
     * @param length of the whole file
     */
    record Slice(ByteBuffer bytes, long length) {}

    /**
     * A slice of a file that begins at an offset.
     *
     * @param file comes from another process: it names a file of this shelf or is refused
     * @throws IOException if there is no such file here, or it cannot be read; the message says why
     */
    Slice read(String file, long offset, int atMost) throws IOException;
}
