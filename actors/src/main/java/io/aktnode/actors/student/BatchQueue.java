package io.aktnode.actors.student;

import io.aktnode.actors.data.Frame;
import java.util.Map;
import java.util.TreeMap;

/**
 * Batches that wait for a student. They are taken in order; when the generator is so far ahead that
 * it cannot be waiting for this student any more, all but the newest are skipped. One thread.
 */
final class BatchQueue {

    private final int window;
    private final int capacity;
    private final TreeMap<Long, Frame> waiting = new TreeMap<>();

    /**
     * @param window batches in flight while the generator waits for this student
     * @param capacity batches held at most
     */
    BatchQueue(int window, int capacity) {
        this.window = window;
        this.capacity = capacity;
    }

    /** Takes a batch in, at the cost of the oldest if there is no room; one of two is released. */
    void add(Frame frame) {
        Frame.releaseAny(waiting.put(frame.batch(), frame));
        if (waiting.size() > capacity) {
            waiting.pollFirstEntry().getValue().release();
        }
    }

    void remove(long batch) {
        Frame.releaseAny(waiting.remove(batch));
    }

    /**
     * Whether the generator has moved on from a batch: it draws batch b+window only when b is over
     * for it.
     */
    boolean superseded(long batch) {
        return !waiting.isEmpty() && waiting.lastKey() - batch >= window;
    }

    /**
     * The batch to work on next, or null.
     *
     * @param lastBatch the one worked on before
     */
    Frame next(long lastBatch) {
        if (waiting.isEmpty()) {
            return null;
        }
        if (!superseded(lastBatch + 1)) {
            return waiting.pollFirstEntry().getValue();
        }
        Map.Entry<Long, Frame> newest = waiting.pollLastEntry();
        clear();
        return newest.getValue();
    }

    void clear() {
        waiting.values().forEach(Frame::release);
        waiting.clear();
    }
}
