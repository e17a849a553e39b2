package io.aktnode.nn.generator;

import static io.aktnode.nn.generator.GeneratorShape.NARROW;
import static io.aktnode.nn.generator.GeneratorShape.WIDE;

import io.aktnode.nn.kernel.ImagePatches;
import io.aktnode.nn.kernel.PhaseShape;
import io.aktnode.nn.kernel.SubPixelWeights;
import io.aktnode.nn.kernel.Tensor;
import java.util.List;

/**
 * Gradients of one shard on their way back, and its share of the parameters' gradients. Passes use
 * them in turn: only one goes backward at a time.
 */
final class ShardBuffers implements AutoCloseable {

    /** For the images, then for what the tanh reads. */
    final Tensor images;

    /** The neighbourhoods of {@link #images}. */
    final Tensor patches;

    /** For c3's input. */
    final Tensor x2;

    /** For the phases c2 computes; zero where a phase belongs to no pixel. */
    final Tensor p2;

    final Tensor x1;
    final Tensor p1;

    /** For c1's input, then for the dense layer's output. */
    final Tensor x0;

    /** For the dense layer's input. */
    final Tensor hidden;

    final Tensor dense;
    final Tensor c1;
    final Tensor c2;

    /** (9·out,in), see {@link ImagePatches#turn}. */
    final Tensor c3Turned;

    ShardBuffers(GeneratorShape shape, int count) {
        int s = shape.start();
        PhaseShape first = new PhaseShape(count, s, s, WIDE);
        PhaseShape second = new PhaseShape(count, 2 * s, 2 * s, NARROW);
        images = Tensor.allocate(shape.images(count));
        int columns = ImagePatches.columns(shape.channels());
        patches = Tensor.allocate(images.length() / shape.channels(), columns);
        x2 = Tensor.allocate(second.image());
        p2 = Tensor.allocate(second.phases()).zero();
        x1 = Tensor.allocate(first.image());
        p1 = Tensor.allocate(first.phases()).zero();
        x0 = Tensor.allocate(count, s, s, WIDE);
        hidden = Tensor.allocate(count, shape.latent() + 1);
        dense = Tensor.allocate(shape.denseOutputs(), shape.latent() + 1);
        c1 = SubPixelWeights.allocate(WIDE, WIDE);
        c2 = SubPixelWeights.allocate(NARROW, WIDE);
        c3Turned = Tensor.allocate(columns, NARROW);
    }

    @Override
    public void close() {
        List.of(images, patches, x2, p2, x1, p1, x0, hidden, dense, c1, c2, c3Turned)
                .forEach(Tensor::close);
    }
}
