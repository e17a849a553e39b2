package io.aktnode.ops.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** When each phase of each role began and ended, and how many tensor bytes it was given. */
final class PhaseLog {

    /**
     * @param role {@code generator}, {@code teacher}, {@code student}, or with several students
     *     {@code student-3bit}, …
     */
    record Key(String role, Phase phase) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return Comparator.comparing(Key::role).thenComparing(Key::phase).compare(this, other);
        }
    }

    /**
     * One call.
     *
     * @param bytes of the tensors it was given, which other roles made
     */
    record Call(long startNs, long endNs, long bytes) {}

    private final LongSupplier nanoTime;
    private final Map<Key, Calls> calls = new TreeMap<>();

    /**
     * @param nanoTime monotonic, ns
     */
    PhaseLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Notes a call; any thread. */
    <T> T time(String role, Phase phase, long bytes, Supplier<T> call) {
        long start = nanoTime.getAsLong();
        T result = call.get();
        long end = nanoTime.getAsLong();
        synchronized (this) {
            calls.computeIfAbsent(new Key(role, phase), key -> new Calls()).add(start, end, bytes);
        }
        return result;
    }

    /** The calls of each phase that overlap a span of time, in order. */
    synchronized Map<Key, List<Call>> within(long fromNs, long toNs) {
        Map<Key, List<Call>> found = new TreeMap<>();
        calls.forEach(
                (key, all) -> {
                    List<Call> inside = all.within(fromNs, toNs);
                    if (!inside.isEmpty()) {
                        found.put(key, inside);
                    }
                });
        return found;
    }

    /** Three numbers for each call, without an object for each: the log must not slow the run. */
    private static final class Calls {
        private long[] numbers = new long[3 * 256];
        private int length;

        void add(long start, long end, long bytes) {
            if (length == numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * length);
            }
            numbers[length++] = start;
            numbers[length++] = end;
            numbers[length++] = bytes;
        }

        List<Call> within(long fromNs, long toNs) {
            List<Call> inside = new ArrayList<>();
            for (int i = 0; i < length; i += 3) {
                if (numbers[i + 1] > fromNs && numbers[i] < toNs) {
                    inside.add(new Call(numbers[i], numbers[i + 1], numbers[i + 2]));
                }
            }
            return inside;
        }
    }
}
