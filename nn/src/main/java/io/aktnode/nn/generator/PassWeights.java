package io.aktnode.nn.generator;

import static io.aktnode.nn.generator.GeneratorShape.NARROW;
import static io.aktnode.nn.generator.GeneratorShape.WIDE;

import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.ConvolutionShape;
import io.aktnode.nn.kernel.ConvolutionWeights;
import io.aktnode.nn.kernel.ImagePatches;
import io.aktnode.nn.kernel.SubPixelWeights;
import io.aktnode.nn.kernel.Tensor;
import java.util.List;

/**
 * The weights one pass is drawn with, in the layouts its operations read; taken from the parameters
 * when the pass starts, so that parameters may change while its gradients are still out.
 */
final class PassWeights implements AutoCloseable {

    private final GeneratorShape shape;

    /** (classes,latent). */
    final Tensor embedding;

    /** (height·width·channels, latent+1): outputs channels last, the bias in the last column. */
    final Tensor dense;

    /** (4·out,in,2,2), see {@link SubPixelWeights}. */
    final Tensor c1;

    /** (4·out,in,2,2). */
    final Tensor c2;

    /** (out,in,3,3). */
    final Tensor c3;

    final Tensor c3Bias;

    /** {@link #c1}, {@link #c2} and {@link #c3} as the convolutions read them. */
    final ConvolutionWeights c1Convolved;

    final ConvolutionWeights c2Convolved;
    final ConvolutionWeights c3Convolved;

    /** (9·out,in), see {@link ImagePatches#turn}. */
    final Tensor c3Turned;

    PassWeights(GeneratorShape shape) {
        this.shape = shape;
        embedding = Tensor.allocate(shape.classes(), shape.latent());
        dense = Tensor.allocate(shape.denseOutputs(), shape.latent() + 1);
        c1 = SubPixelWeights.allocate(WIDE, WIDE);
        c2 = SubPixelWeights.allocate(NARROW, WIDE);
        c3 = Tensor.allocate(shape.channels(), NARROW, 3, 3);
        c3Bias = Tensor.allocate(shape.channels());
        int s = shape.start();
        c1Convolved =
                new ConvolutionWeights(new ConvolutionShape(WIDE, 4 * WIDE, 2, 1, 1, s, s), c1);
        c2Convolved =
                new ConvolutionWeights(
                        new ConvolutionShape(WIDE, 4 * NARROW, 2, 1, 1, 2 * s, 2 * s), c2);
        c3Convolved =
                new ConvolutionWeights(
                        new ConvolutionShape(
                                NARROW, shape.channels(), 3, 1, 1, shape.size(), shape.size()),
                        c3);
        c3Turned = Tensor.allocate(ImagePatches.columns(shape.channels()), NARROW);
    }

    /** Copies the parameters; on the pool, cut so that every core has a share. */
    void take(GeneratorParameters parameters, ComputePool pool) {
        embedding.copyFrom(parameters.value("emb.weight"));
        c3.copyFrom(parameters.value("c3.weight"));
        c3Bias.copyFrom(parameters.value("c3.bias"));
        ImagePatches.turn(c3, c3Turned);
        int tasks = pool.size();
        pool.run(
                tasks,
                task -> {
                    takeDense(parameters, WIDE * task / tasks, WIDE * (task + 1) / tasks);
                    SubPixelWeights.merge(
                            parameters.value("c1.weight"),
                            c1,
                            WIDE * task / tasks,
                            WIDE * (task + 1) / tasks);
                    SubPixelWeights.merge(
                            parameters.value("c2.weight"),
                            c2,
                            NARROW * task / tasks,
                            NARROW * (task + 1) / tasks);
                });
        List<ConvolutionWeights> convolved = convolved();
        pool.run(convolved.size(), i -> convolved.get(i).prepare());
    }

    private void takeDense(GeneratorParameters parameters, int from, int to) {
        Tensor weight = parameters.value("l1.weight");
        Tensor bias = parameters.value("l1.bias");
        int latent = shape.latent();
        int pixels = shape.start() * shape.start();
        for (int c = from; c < to; c++) {
            for (int p = 0; p < pixels; p++) {
                int source = c * pixels + p;
                int target = (p * WIDE + c) * (latent + 1);
                dense.copyFrom(weight, source * latent, target, latent);
                dense.set(target + latent, bias.get(source));
            }
        }
    }

    private List<ConvolutionWeights> convolved() {
        return List.of(c1Convolved, c2Convolved, c3Convolved);
    }

    @Override
    public void close() {
        convolved().forEach(ConvolutionWeights::close);
        for (Tensor tensor : new Tensor[] {embedding, dense, c1, c2, c3, c3Bias, c3Turned}) {
            tensor.close();
        }
    }
}
