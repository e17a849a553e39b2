package io.aktnode.nn.generator;

import static io.aktnode.nn.generator.GeneratorShape.NARROW;
import static io.aktnode.nn.generator.GeneratorShape.WIDE;

import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.GeneratorKernels;
import io.aktnode.nn.kernel.ImagePatches;
import io.aktnode.nn.kernel.SubPixelWeights;
import io.aktnode.nn.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Sums the shards' weight gradients in shard order and brings them into the parameters' layouts.
 */
final class GradientCollector implements AutoCloseable {

    private final GeneratorShape shape;
    private final List<ShardBuffers> shards = new ArrayList<>();
    private final List<List<Tensor>> parts = new ArrayList<>();

    GradientCollector(GeneratorShape shape, int batch, int shards) {
        this.shape = shape;
        List<Integer> bounds = ComputePool.cut(batch, shards);
        for (int i = 0; i < shards; i++) {
            this.shards.add(new ShardBuffers(shape, bounds.get(i + 1) - bounds.get(i)));
        }
        addParts(buffers -> buffers.dense);
        addParts(buffers -> buffers.c1);
        addParts(buffers -> buffers.c2);
        addParts(buffers -> buffers.c3Turned);
    }

    private void addParts(Function<ShardBuffers, Tensor> part) {
        parts.add(shards.stream().map(part).toList());
    }

    List<ShardBuffers> shards() {
        return shards;
    }

    /** On the pool, cut so that every core has a share; elements are summed one by one anyway. */
    void collect(GeneratorParameters parameters, ComputePool pool) {
        GeneratorKernels kernels = GeneratorKernels.fastest();
        int tasks = pool.size();
        pool.run(
                tasks,
                task -> {
                    for (List<Tensor> part : parts) {
                        long length = part.get(0).length();
                        int from = (int) (length * task / tasks);
                        int to = (int) (length * (task + 1) / tasks);
                        kernels.sum(part, from, to);
                    }
                });
        ShardBuffers total = shards.get(0);
        pool.run(
                tasks,
                task -> {
                    int from = WIDE * task / tasks;
                    int to = WIDE * (task + 1) / tasks;
                    giveDense(total.dense, parameters, from, to);
                    SubPixelWeights.split(total.c1, parameters.gradient("c1.weight"), from, to);
                    SubPixelWeights.split(
                            total.c2,
                            parameters.gradient("c2.weight"),
                            NARROW * task / tasks,
                            NARROW * (task + 1) / tasks);
                });
        ImagePatches.turnBack(total.c3Turned, parameters.gradient("c3.weight"));
    }

    private void giveDense(Tensor dense, GeneratorParameters parameters, int from, int to) {
        Tensor weight = parameters.gradient("l1.weight");
        Tensor bias = parameters.gradient("l1.bias");
        int latent = shape.latent();
        int pixels = shape.start() * shape.start();
        for (int c = from; c < to; c++) {
            for (int p = 0; p < pixels; p++) {
                int source = (p * WIDE + c) * (latent + 1);
                int target = c * pixels + p;
                weight.copyFrom(dense, source, target * latent, latent);
                bias.set(target, dense.get(source + latent));
            }
        }
    }

    @Override
    public void close() {
        shards.forEach(ShardBuffers::close);
    }
}
