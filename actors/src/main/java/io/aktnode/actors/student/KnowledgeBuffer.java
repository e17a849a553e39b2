package io.aktnode.actors.student;

import io.aktnode.actors.data.Frame;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the teacher has said of batches, until the student has learned from them; it may come before
 * their images do. Frames in it are released when they are dropped. One thread.
 */
final class KnowledgeBuffer {

    private final TreeMap<Long, Frame> frames = new TreeMap<>();
    private final int places;

    /**
     * @param places of the frames' kind; one of them must stay free for what lands next
     */
    KnowledgeBuffer(int places) {
        this.places = places;
    }

    /** Takes a frame, in place of one of the same batch, and of the oldest one if it is full. */
    void add(Frame frame) {
        Frame.releaseAny(frames.put(frame.batch(), frame));
        if (frames.size() >= places) {
            frames.pollFirstEntry().getValue().release();
        }
    }

    boolean has(long batch) {
        return frames.containsKey(batch);
    }

    /** Stays in here; {@code null} if it has not come. */
    Frame get(long batch) {
        return frames.get(batch);
    }

    void dropBefore(long batch) {
        Map<Long, Frame> old = frames.headMap(batch);
        old.values().forEach(Frame::release);
        old.clear();
    }

    void clear() {
        frames.values().forEach(Frame::release);
        frames.clear();
    }
}
