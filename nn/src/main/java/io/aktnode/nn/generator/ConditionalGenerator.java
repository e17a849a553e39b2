package io.aktnode.nn.generator;

import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.optim.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * A class-conditional generator: noise scaled by its label's embedding, a dense layer to
 * (size/4,size/4,128), batch norm, then twice nearest-neighbour upsampling, 3×3 convolution, batch
 * norm (ε 0.8) and leaky ReLU (0.2), a last 3×3 convolution, tanh and a batch norm without affine.
 * Batch norms use the statistics of the batch; running ones do not enter the maths and are not
 * kept.
 *
 * <p>Source: ARCHITECTURE; numbers: {@code generator.npz}. Names and layouts of the parameters are
 * PyTorch's: emb, l1, b0, c1, b1, c2, b2, c3. Images are (N,size,size,channels).
 *
 * <p>The numbers depend on the shards, into which a batch is cut, and not on the pool's threads.
 * All native memory is allocated at construction. One thread.
 */
public final class ConditionalGenerator implements AutoCloseable {

    private final GeneratorParameters parameters;
    private final GradientCollector collector;
    private final List<GeneratorPass> passes = new ArrayList<>();

    /**
     * @param batch images in a batch
     * @param shards parts of a batch, at most {@code batch}
     * @param window passes that may be between forward and backward at once
     * @param seed of the first weights
     */
    public ConditionalGenerator(
            GeneratorShape shape, int batch, int shards, int window, ComputePool pool, long seed) {
        if (shards < 1 || shards > batch || window < 1) {
            throw new IllegalArgumentException(
                    "batch="
                            + batch
                            + ", shards="
                            + shards
                            + ", window="
                            + window
                            + ": shards must be between 1 and batch, window 1 or more");
        }
        parameters = new GeneratorParameters(shape);
        parameters.initialise(seed);
        collector = new GradientCollector(shape, batch, shards);
        for (int i = 0; i < window; i++) {
            passes.add(new GeneratorPass(shape, batch, parameters, collector, pool));
        }
    }

    /** As many passes as the window holds; each keeps its own activations and weights. */
    public List<GeneratorPass> passes() {
        return List.copyOf(passes);
    }

    /** Values, and the gradients of the last backward pass; owned by the generator. */
    public List<Parameter> parameters() {
        return parameters.all();
    }

    /** The parameters under PyTorch's names, in its layouts. */
    public StateDict save() {
        return parameters.save();
    }

    /**
     * @throws IllegalArgumentException when a tensor is missing or has another shape; then nothing
     *     has changed
     */
    public void restore(StateDict state) {
        parameters.restore(state);
    }

    @Override
    public void close() {
        passes.forEach(GeneratorPass::close);
        collector.close();
        parameters.close();
    }
}
