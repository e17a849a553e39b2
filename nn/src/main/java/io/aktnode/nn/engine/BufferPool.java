package io.aktnode.nn.engine;

import io.aktnode.nn.kernel.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Hands out buffers while a shard is laid out, and takes back those that are no longer needed at
 * that point of a pass, so that a deep network needs a few per shape.
 */
final class BufferPool implements AutoCloseable {

    private final Map<List<Integer>, Deque<Tensor>> free = new HashMap<>();
    private final List<Tensor> all = new ArrayList<>();

    Tensor acquire(int... shape) {
        Deque<Tensor> candidates = free.get(key(shape));
        if (candidates != null && !candidates.isEmpty()) {
            return candidates.pop();
        }
        return allocate(shape);
    }

    /** A buffer that nobody else had; it may be released too. */
    Tensor allocate(int... shape) {
        Tensor tensor = Tensor.allocate(shape);
        all.add(tensor);
        return tensor;
    }

    void release(Tensor tensor) {
        free.computeIfAbsent(key(tensor.shape()), shape -> new ArrayDeque<>()).push(tensor);
    }

    private static List<Integer> key(int[] shape) {
        return Arrays.stream(shape).boxed().toList();
    }

    @Override
    public void close() {
        all.forEach(Tensor::close);
    }
}
