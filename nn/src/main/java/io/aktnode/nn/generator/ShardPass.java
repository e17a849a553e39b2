package io.aktnode.nn.generator;

import static io.aktnode.nn.generator.GeneratorShape.NARROW;
import static io.aktnode.nn.generator.GeneratorShape.WIDE;

import io.aktnode.nn.kernel.Convolution;
import io.aktnode.nn.kernel.ElementwiseKernels;
import io.aktnode.nn.kernel.GeneratorKernels;
import io.aktnode.nn.kernel.ImagePatches;
import io.aktnode.nn.kernel.Kernels;
import io.aktnode.nn.kernel.Matrix;
import io.aktnode.nn.kernel.MatrixProduct;
import io.aktnode.nn.kernel.PhaseShape;
import io.aktnode.nn.kernel.Tensor;
import java.util.List;

/**
 * One shard of one pass: its activations, and its turns between the points where the batch meets.
 *
 * <p>Each forward turn ends by measuring the moments of the next batch norm, each backward turn by
 * summing what that batch norm's gradient needs. Any thread, one at a time.
 */
final class ShardPass implements AutoCloseable {

    private static final float LEAK = 0.2f;

    /** Rows whose mean is the first estimate of a batch norm's mean. */
    private static final int ESTIMATE_ROWS = 16;

    private final ElementwiseKernels elementwise = Kernels.fastest();
    private final GeneratorKernels kernels = GeneratorKernels.fastest();
    private final GeneratorShape shape;
    private final PassWeights weights;
    private final ShardBuffers back;
    private final int first;
    private final int count;
    private final PhaseShape phases1;
    private final PhaseShape phases2;

    private final Tensor hidden;
    private final Tensor raw0;
    private final Tensor x0;
    private final Tensor p1;
    private final Tensor x1;
    private final Tensor p2;
    private final Tensor x2;
    private final Tensor squashed;
    private final Tensor images;

    private final MatrixProduct dense;
    private final MatrixProduct denseWeights;
    private final MatrixProduct denseInput;
    private final Convolution c1;
    private final Convolution c2;
    private final Convolution c3;
    private final MatrixProduct c3Weights;
    private final MatrixProduct c3Input;

    private final Moments[] moments;
    private final GradientSums[] sums;

    /** Of c3, whose bias comes before no batch norm. */
    private final GradientSums biasSums;

    /**
     * @param first image of the batch
     * @param count images of the shard
     */
    ShardPass(GeneratorShape shape, PassWeights weights, ShardBuffers back, int first, int count) {
        this.shape = shape;
        this.weights = weights;
        this.back = back;
        this.first = first;
        this.count = count;
        int s = shape.start();
        phases1 = new PhaseShape(count, s, s, WIDE);
        phases2 = new PhaseShape(count, 2 * s, 2 * s, NARROW);
        hidden = Tensor.allocate(count, shape.latent() + 1);
        raw0 = Tensor.allocate(count, s, s, WIDE);
        x0 = Tensor.allocate(count, s, s, WIDE);
        p1 = Tensor.allocate(phases1.phases());
        x1 = Tensor.allocate(phases1.image());
        p2 = Tensor.allocate(phases2.phases());
        x2 = Tensor.allocate(phases2.image());
        squashed = Tensor.allocate(shape.images(count));
        images = Tensor.allocate(shape.images(count));

        Matrix rows = Matrix.byFirst(hidden);
        Matrix matrix = Matrix.byFirst(weights.dense);
        Matrix outputs = Matrix.byFirst(back.x0);
        dense = new MatrixProduct(rows, matrix.transpose(), Matrix.byFirst(raw0));
        denseWeights = new MatrixProduct(outputs.transpose(), rows, Matrix.byFirst(back.dense));
        denseInput = new MatrixProduct(outputs, matrix, Matrix.byFirst(back.hidden));
        c1 =
                Convolution.of(weights.c1Convolved)
                        .forward(x0, p1)
                        .gradients(back.p1, back.x0, back.c1)
                        .build();
        c2 =
                Convolution.of(weights.c2Convolved)
                        .forward(x1, p2)
                        .gradients(back.p2, back.x1, back.c2)
                        .build();
        c3 = Convolution.of(weights.c3Convolved).bias(weights.c3Bias).forward(x2, squashed).build();
        Matrix patches = Matrix.byFirst(back.patches);
        c3Weights =
                new MatrixProduct(
                        patches.transpose(), Matrix.byLast(x2), Matrix.byFirst(back.c3Turned));
        c3Input =
                new MatrixProduct(
                        patches, Matrix.byFirst(weights.c3Turned), Matrix.byLast(back.x2));
        int pixels = count * shape.size() * shape.size();
        moments =
                new Moments[] {
                    new Moments(WIDE, count * s * s),
                    new Moments(WIDE, phases1.pixels()),
                    new Moments(NARROW, phases2.pixels()),
                    new Moments(shape.channels(), pixels)
                };
        biasSums = new GradientSums(shape.channels());
        sums =
                new GradientSums[] {
                    new GradientSums(WIDE),
                    new GradientSums(WIDE),
                    new GradientSums(NARROW),
                    new GradientSums(shape.channels())
                };
    }

    Moments moments(int norm) {
        return moments[norm];
    }

    GradientSums sums(int norm) {
        return sums[norm];
    }

    // Forward, one turn between two batch norms.

    void forwardDense(Tensor z, Tensor labels) {
        int latent = shape.latent();
        for (int n = 0; n < count; n++) {
            int label = labels.getInt(first + n);
            if (label < 0 || label >= shape.classes()) {
                throw new IllegalArgumentException(
                        "label "
                                + label
                                + " of image "
                                + (first + n)
                                + " is not below "
                                + shape.classes());
            }
            for (int l = 0; l < latent; l++) {
                float scale = weights.embedding.get(label * latent + l);
                hidden.set(n * (latent + 1) + l, scale * z.get((first + n) * latent + l));
            }
            // Meets the column of the weights that holds the bias.
            hidden.set(n * (latent + 1) + latent, 1);
        }
        dense.run();
        measure(raw0, moments[0], WIDE);
    }

    void forwardFirst(BatchNorm b0) {
        elementwise.affine(raw0, b0.a, b0.b, x0);
        c1.forward();
        measure(p1, phases1, moments[1]);
    }

    void forwardSecond(BatchNorm b1) {
        kernels.phaseActivation(p1, phases1, b1.a, b1.b, LEAK, x1);
        c2.forward();
        measure(p2, phases2, moments[2]);
    }

    void forwardThird(BatchNorm b2) {
        kernels.phaseActivation(p2, phases2, b2.a, b2.b, LEAK, x2);
        c3.forward();
        kernels.tanh(squashed, squashed);
        measure(squashed, moments[3], shape.channels());
    }

    void forwardImages(BatchNorm b3, Tensor batch) {
        elementwise.affine(squashed, b3.a, b3.b, images);
        batch.copyFrom(images, 0, first * (images.length() / count), images.length());
    }

    private void measure(Tensor x, Moments moments, int channels) {
        moments.estimate(x, channels, Math.min(ESTIMATE_ROWS, moments.rows()));
        elementwise.moments(x, moments.shift(), moments.sums(), moments.squares());
    }

    private void measure(Tensor phases, PhaseShape phaseShape, Moments moments) {
        moments.estimate(phases, 4 * phaseShape.channels(), phaseShape.width());
        kernels.phaseMoments(
                phases, phaseShape, moments.shift(), moments.sums(), moments.squares());
    }

    // Backward, likewise.

    void backwardImages(List<Tensor> gradients) {
        int length = back.images.length();
        int start = first * (length / count);
        back.images.copyFrom(gradients.get(0), start, 0, length);
        for (Tensor other : gradients.subList(1, gradients.size())) {
            kernels.accumulate(other, start, back.images);
        }
        elementwise.channelSums(back.images, squashed, sums[3].sums(), sums[3].products());
    }

    void backwardThird(BatchNorm b3, BatchNorm b2) {
        kernels.tanhGradient(back.images, squashed, b3.scale, b3.slope, b3.offset, back.images);
        elementwise.channelSums(back.images, squashed, biasSums.sums(), biasSums.products());
        ImagePatches.gather(back.images, back.patches);
        c3Weights.run();
        c3Input.run();
        kernels.phaseGradientSums(
                back.x2, p2, phases2, b2.a, b2.b, LEAK, sums[2].sums(), sums[2].products());
    }

    void backwardSecond(BatchNorm b2, BatchNorm b1) {
        kernels.phaseGradient(
                back.x2, p2, phases2, b2.a, b2.b, LEAK, b2.scale, b2.slope, b2.offset, back.p2);
        c2.gradients();
        kernels.phaseGradientSums(
                back.x1, p1, phases1, b1.a, b1.b, LEAK, sums[1].sums(), sums[1].products());
    }

    void backwardFirst(BatchNorm b1) {
        kernels.phaseGradient(
                back.x1, p1, phases1, b1.a, b1.b, LEAK, b1.scale, b1.slope, b1.offset, back.p1);
        c1.gradients();
        elementwise.channelSums(back.x0, raw0, sums[0].sums(), sums[0].products());
    }

    void backwardDense(BatchNorm b0) {
        elementwise.affineGradient(back.x0, raw0, b0.scale, b0.slope, b0.offset, back.x0);
        denseWeights.run();
        denseInput.run();
    }

    /** Adds to (classes,latent) what the shard's images say of their labels' embeddings. */
    void addEmbeddingGradient(Tensor z, Tensor labels, Tensor gradient) {
        int latent = shape.latent();
        for (int n = 0; n < count; n++) {
            int row = labels.getInt(first + n) * latent;
            for (int l = 0; l < latent; l++) {
                float product =
                        back.hidden.get(n * (latent + 1) + l) * z.get((first + n) * latent + l);
                gradient.set(row + l, gradient.get(row + l) + product);
            }
        }
    }

    /** Adds to (channels) the shard's gradient for c3's bias. */
    void addBiasGradient(Tensor gradient) {
        for (int c = 0; c < gradient.length(); c++) {
            gradient.set(c, (float) (gradient.get(c) + biasSums.sums()[c]));
        }
    }

    @Override
    public void close() {
        for (AutoCloseable op :
                List.<AutoCloseable>of(
                        dense, denseWeights, denseInput, c1, c2, c3, c3Weights, c3Input)) {
            close(op);
        }
        List.of(hidden, raw0, x0, p1, x1, p2, x2, squashed, images).forEach(Tensor::close);
    }

    private static void close(AutoCloseable op) {
        try {
            op.close();
        } catch (Exception e) {
            throw new IllegalStateException("closing " + op, e);
        }
    }
}
