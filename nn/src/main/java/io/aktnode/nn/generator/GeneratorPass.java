package io.aktnode.nn.generator;

import static io.aktnode.nn.generator.GeneratorShape.NARROW;
import static io.aktnode.nn.generator.GeneratorShape.WIDE;

import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One batch from noise to images and back to gradients; keeps the activations and weights it was
 * drawn with. Between two calls of {@link #forward}, {@link #backward} may be called any number of
 * times. One thread; the arithmetic runs on the pool.
 */
public final class GeneratorPass implements AutoCloseable {

    private static final int NORMS = 4;

    private final GeneratorParameters parameters;
    private final ComputePool pool;
    private final GradientCollector collector;
    private final PassWeights weights;
    private final List<ShardPass> shards = new ArrayList<>();
    private final List<List<Moments>> moments = new ArrayList<>();
    private final List<List<GradientSums>> sums = new ArrayList<>();
    private final BatchNorm[] norms;
    private final int batch;
    private final GeneratorShape shape;
    private final Tensor noise;
    private final Tensor labels;
    private final Tensor images;

    GeneratorPass(
            GeneratorShape shape,
            int batch,
            GeneratorParameters parameters,
            GradientCollector collector,
            ComputePool pool) {
        this.shape = shape;
        this.batch = batch;
        this.parameters = parameters;
        this.collector = collector;
        this.pool = pool;
        this.weights = new PassWeights(shape);
        this.noise = Tensor.allocate(batch, shape.latent());
        this.labels = Tensor.allocateInts(batch);
        this.images = Tensor.allocate(shape.images(batch));
        this.norms =
                new BatchNorm[] {
                    new BatchNorm(WIDE, 1e-5),
                    new BatchNorm(WIDE, 0.8),
                    new BatchNorm(NARROW, 0.8),
                    new BatchNorm(shape.channels(), 1e-5)
                };
        List<ShardBuffers> buffers = collector.shards();
        List<Integer> bounds = ComputePool.cut(batch, buffers.size());
        for (int i = 0; i < buffers.size(); i++) {
            int first = bounds.get(i);
            int count = bounds.get(i + 1) - first;
            shards.add(new ShardPass(shape, weights, buffers.get(i), first, count));
        }
        for (int norm = 0; norm < NORMS; norm++) {
            int index = norm;
            moments.add(shards.stream().map(shard -> shard.moments(index)).toList());
            sums.add(shards.stream().map(shard -> shard.sums(index)).toList());
        }
    }

    /** Noise (N,latent), to be filled before {@link #forward}. */
    public Tensor noise() {
        return noise;
    }

    /** Labels (N) int32, to be filled before {@link #forward}. */
    public Tensor labels() {
        return labels;
    }

    /** Images (N,height,width,channels) of the last {@link #forward}. */
    public Tensor images() {
        return images;
    }

    /** Draws the images for {@link #noise} and {@link #labels} with the parameters of now. */
    public Tensor forward() {
        weights.take(parameters, pool);
        for (int i = 0; i < NORMS - 1; i++) {
            norms[i].take(
                    parameters.value("b" + i + ".weight"), parameters.value("b" + i + ".bias"));
        }
        onShards(shard -> shard.forwardDense(noise, labels));
        normalise(0);
        onShards(shard -> shard.forwardFirst(norms[0]));
        normalise(1);
        onShards(shard -> shard.forwardSecond(norms[1]));
        normalise(2);
        onShards(shard -> shard.forwardThird(norms[2]));
        normalise(3);
        onShards(shard -> shard.forwardImages(norms[3], images));
        return images;
    }

    /**
     * Writes the gradient of every parameter; those of c1 and c2's biases are zero, because the
     * batch norms after them take any constant away.
     *
     * @param imageGradients at least one, each (N,height,width,channels); their sum, in order
     */
    public void backward(List<Tensor> imageGradients) {
        if (imageGradients.isEmpty()) {
            throw new IllegalArgumentException("no image gradients, expected at least one");
        }
        for (Tensor gradient : imageGradients) {
            gradient.require("image gradient", images.shape());
        }
        onShards(shard -> shard.backwardImages(imageGradients));
        differentiate(3);
        onShards(shard -> shard.backwardThird(norms[3], norms[2]));
        differentiate(2);
        onShards(shard -> shard.backwardSecond(norms[2], norms[1]));
        differentiate(1);
        onShards(shard -> shard.backwardFirst(norms[1]));
        differentiate(0);
        onShards(shard -> shard.backwardDense(norms[0]));
        collector.collect(parameters, pool);
        for (int i = 0; i < NORMS - 1; i++) {
            norms[i].gradients(
                    parameters.gradient("b" + i + ".weight"),
                    parameters.gradient("b" + i + ".bias"));
        }
        Tensor embedding = parameters.gradient("emb.weight").zero();
        Tensor bias = parameters.gradient("c3.bias").zero();
        for (ShardPass shard : shards) {
            shard.addEmbeddingGradient(noise, labels, embedding);
            shard.addBiasGradient(bias);
        }
    }

    private void onShards(Consumer<ShardPass> turn) {
        pool.run(shards.size(), shard -> turn.accept(shards.get(shard)));
    }

    private void normalise(int norm) {
        norms[norm].normalise(moments.get(norm));
    }

    private void differentiate(int norm) {
        int extent = Math.min(shape.start() << norm, shape.size());
        norms[norm].differentiate(sums.get(norm), batch * extent * extent);
    }

    @Override
    public void close() {
        shards.forEach(ShardPass::close);
        weights.close();
        noise.close();
        labels.close();
        images.close();
    }
}
