package io.aktnode.actors.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;

/** One file in memory, until it is replaced or dropped. Any thread. */
public final class HeldFile implements Shelf {

    private record Held(String name, ByteBuffer bytes) {}

    private volatile Held held;

    /**
     * @param bytes not written to any more
     */
    public void hold(String name, ByteBuffer bytes) {
        held = new Held(name, bytes.slice());
    }

    public void drop() {
        held = null;
    }

    @Override
    public Slice read(String file, long offset, int atMost) throws IOException {
        Held now = held;
        if (now == null || !now.name().equals(file)) {
            throw new IOException("it is not held, or not any more");
        }
        int length = now.bytes().limit();
        int from = (int) Math.min(offset, length);
        return new Slice(now.bytes().slice(from, Math.min(atMost, length - from)), length);
    }
}
