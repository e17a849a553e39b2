package io.aktnode.nn.optim;

import io.aktnode.nn.kernel.ComputePool;
import java.util.ArrayList;
import java.util.List;

/**
 * Parameters cut into pieces of a fixed size, so that sums taken piece by piece do not depend on
 * how many threads share them.
 */
final class Chunks {

    /** Elements; small enough to spread a small network, large enough to pay for a task. */
    private static final int SIZE = 1 << 15;

    /** Works on elements {@code from} to {@code to} (exclusive) of one parameter. */
    @FunctionalInterface
    interface Work {
        void run(int chunk, int parameter, int from, int to);
    }

    private record Chunk(int parameter, int from, int to) {}

    private final List<Chunk> chunks = new ArrayList<>();

    Chunks(List<Parameter> parameters) {
        for (int p = 0; p < parameters.size(); p++) {
            int length = parameters.get(p).value().length();
            for (int from = 0; from < length; from += SIZE) {
                chunks.add(new Chunk(p, from, Math.min(from + SIZE, length)));
            }
        }
    }

    int count() {
        return chunks.size();
    }

    void forEach(ComputePool pool, Work work) {
        int tasks = Math.min(pool.size(), chunks.size());
        pool.run(
                tasks,
                task -> {
                    for (int i = task; i < chunks.size(); i += tasks) {
                        Chunk chunk = chunks.get(i);
                        work.run(i, chunk.parameter, chunk.from, chunk.to);
                    }
                });
    }
}
