package io.aktnode.nn.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorKernelsTest {

    private static final float SLOPE = 0.2f;

    private final GeneratorKernels fast = GeneratorKernels.fastest();
    private final GeneratorKernels plain = GeneratorKernels.plain();

    @Test
    void phasesAreTheConvolutionOfTheUpsampledImage() {
        int in = 4;
        int out = 3;
        PhaseShape phases = new PhaseShape(2, 3, 5, out);
        Tensor x = random(1, 2, 3, 5, in);
        Tensor weights = random(2, out, in, 3, 3);
        Tensor merged = SubPixelWeights.allocate(out, in);
        SubPixelWeights.merge(weights, merged, 0, out);
        Tensor computed = Tensor.allocate(phases.phases());
        ConvolutionShape shape = new ConvolutionShape(in, 4 * out, 2, 1, 1, 3, 5);
        try (Convolution convolution =
                Convolution.of(new ConvolutionWeights(shape, merged))
                        .forward(x, computed)
                        .build()) {
            convolution.forward();
        }
        Tensor image = Tensor.allocate(phases.image());

        ChannelVector one = ChannelVector.filled(out, 1);
        ChannelVector zero = ChannelVector.filled(out, 0);
        fast.phaseActivation(computed, phases, one, zero, 1f, image);

        float[] expected = convolutionOfUpsampled(x, weights);
        assertArrayEquals(expected, image.toFloats(), 1e-5f);
    }

    @Test
    void splittingIsTheTransposeOfMerging() {
        Tensor weights = random(1, 3, 2, 3, 3);
        Tensor other = random(2, 12, 2, 2, 2);
        Tensor merged = SubPixelWeights.allocate(3, 2);
        Tensor split = Tensor.allocate(3, 2, 3, 3);

        SubPixelWeights.merge(weights, merged, 0, 3);
        SubPixelWeights.split(other, split, 0, 3);

        assertEquals(product(merged, other), product(weights, split), 1e-4);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 64})
    void vectorAndPlainPassesAgree(int channels) {
        PhaseShape shape = new PhaseShape(3, 6, 10, channels);
        Tensor phases = random(1, shape.phases());
        Tensor g = random(2, shape.image());
        ChannelVector a = vector(3, channels);
        ChannelVector b = vector(4, channels);
        ChannelVector c = vector(5, channels);
        double[][] expected = new double[4][channels];
        double[][] actual = new double[4][channels];
        Tensor[][] tensors = new Tensor[2][2];
        for (int k = 0; k < 2; k++) {
            GeneratorKernels kernels = k == 0 ? plain : fast;
            double[][] sums = k == 0 ? expected : actual;
            kernels.phaseMoments(phases, shape, c, sums[0], sums[1]);
            kernels.phaseGradientSums(g, phases, shape, a, b, SLOPE, sums[2], sums[3]);
            tensors[k][0] = Tensor.allocate(shape.image());
            tensors[k][1] = Tensor.allocate(shape.phases()).zero();
            kernels.phaseActivation(phases, shape, a, b, SLOPE, tensors[k][0]);
            kernels.phaseGradient(g, phases, shape, a, b, SLOPE, c, a, b, tensors[k][1]);
        }

        for (int i = 0; i < 4; i++) {
            // Blocks of 256 are summed in float by one and in double by the other.
            assertArrayEquals(expected[i], actual[i], 2e-3);
        }
        assertArrayEquals(tensors[0][0].toFloats(), tensors[1][0].toFloats());
        assertArrayEquals(tensors[0][1].toFloats(), tensors[1][1].toFloats());
    }

    @Test
    void momentsCoverEveryPixelOnce() {
        PhaseShape shape = new PhaseShape(2, 3, 4, 16);
        Tensor phases = random(1, shape.phases());
        Tensor image = Tensor.allocate(shape.image());
        ChannelVector zero = ChannelVector.filled(16, 0);
        fast.phaseActivation(phases, shape, ChannelVector.filled(16, 1), zero, 1f, image);
        double[] sums = new double[16];
        double[] squares = new double[16];

        fast.phaseMoments(phases, shape, zero, sums, squares);

        double expected = 0;
        for (int i = 5; i < image.length(); i += 16) {
            expected += image.get(i);
        }
        assertEquals(expected, sums[5], 1e-4);
    }

    @Test
    void tanhIsThatOfTheLibrary() {
        Tensor x = Tensor.allocate(20_003);
        for (int i = 0; i < x.length(); i++) {
            x.set(i, (i - 10_000) * 1e-3f);
        }
        x.set(0, Float.NEGATIVE_INFINITY);
        x.set(1, 1e-30f);
        x.set(2, -3e-4f);
        Tensor y = Tensor.allocate(x.length());
        Tensor reference = Tensor.allocate(x.length());

        fast.tanh(x, y);
        plain.tanh(x, reference);

        assertArrayEquals(reference.toFloats(), y.toFloats());
        for (int i = 0; i < x.length(); i++) {
            double expected = StrictMath.tanh(x.get(i));
            assertEquals(expected, y.get(i), 3e-7 * Math.abs(expected), "tanh of " + x.get(i));
        }
    }

    @Test
    void tanhKeepsWhatIsNotANumber() {
        Tensor x = random(1, 40);
        x.set(3, Float.NaN);
        x.set(39, Float.NaN);

        fast.tanh(x, x);

        assertTrue(Float.isNaN(x.get(3)) && Float.isNaN(x.get(39)), "NaN became a number");
    }

    @Test
    void tanhGradientFollowsItsFormula() {
        Tensor g = random(1, 7, 5, 3);
        Tensor t = random(2, 7, 5, 3);
        ChannelVector a = vector(3, 3);
        ChannelVector b = vector(4, 3);
        ChannelVector c = vector(5, 3);
        Tensor out = Tensor.allocate(7, 5, 3);
        Tensor reference = Tensor.allocate(7, 5, 3);

        fast.tanhGradient(g, t, a, b, c, out);
        plain.tanhGradient(g, t, a, b, c, reference);

        assertArrayEquals(reference.toFloats(), out.toFloats());
        double value = t.get(4);
        double expected = (a.get(1) * g.get(4) + b.get(1) * value + c.get(1)) * (1 - value * value);
        assertEquals(expected, out.get(4), 1e-5);
    }

    @Test
    void matrixProductsTakeTransposes() {
        Tensor x = random(1, 4, 3);
        Tensor y = random(2, 5, 3);
        Tensor z = Tensor.allocate(4, 5);
        try (MatrixProduct product =
                new MatrixProduct(
                        Matrix.byFirst(x), Matrix.byFirst(y).transpose(), Matrix.byFirst(z))) {
            product.run();
        }
        double expected = 0;
        for (int i = 0; i < 3; i++) {
            expected += x.get(2 * 3 + i) * y.get(4 * 3 + i);
        }
        assertEquals(expected, z.get(2 * 5 + 4), 1e-5);
    }

    @Test
    void patchesAndTurnedWeightsGiveTheConvolutionsGradients() {
        ConvolutionShape shape = new ConvolutionShape(4, 3, 3, 1, 1, 5, 6);
        Tensor x = random(1, 2, 5, 6, 4);
        Tensor weights = random(2, shape.weightShape());
        Tensor g = random(3, 2, 5, 6, 3);
        Tensor expectedInput = Tensor.allocate(x.shape());
        Tensor expectedWeights = Tensor.allocate(shape.weightShape());
        try (Convolution convolution =
                Convolution.of(new ConvolutionWeights(shape, weights))
                        .forward(x, Tensor.allocate(g.shape()))
                        .gradients(g, expectedInput, expectedWeights)
                        .build()) {
            convolution.gradients();
        }
        Tensor patches = Tensor.allocate(2 * 5 * 6, ImagePatches.columns(3));
        Tensor turned = Tensor.allocate(ImagePatches.columns(3), 4);
        Tensor turnedGradient = Tensor.allocate(ImagePatches.columns(3), 4);
        Tensor actualInput = Tensor.allocate(x.shape());
        Tensor actualWeights = Tensor.allocate(shape.weightShape());

        ImagePatches.gather(g, patches);
        ImagePatches.turn(weights, turned);
        run(Matrix.byFirst(patches), Matrix.byFirst(turned), Matrix.byLast(actualInput));
        run(Matrix.byFirst(patches).transpose(), Matrix.byLast(x), Matrix.byFirst(turnedGradient));
        ImagePatches.turnBack(turnedGradient, actualWeights);

        assertArrayEquals(expectedInput.toFloats(), actualInput.toFloats(), 1e-5f);
        assertArrayEquals(expectedWeights.toFloats(), actualWeights.toFloats(), 1e-4f);
    }

    private static void run(Matrix x, Matrix y, Matrix z) {
        try (MatrixProduct product = new MatrixProduct(x, y, z)) {
            product.run();
        }
    }

    private static float[] convolutionOfUpsampled(Tensor x, Tensor weights) {
        int n = x.extent(0);
        int h = 2 * x.extent(1);
        int w = 2 * x.extent(2);
        int in = x.extent(3);
        int out = weights.extent(0);
        float[] y = new float[n * h * w * out];
        for (int i = 0; i < y.length; i++) {
            int o = i % out;
            int column = i / out % w;
            int row = i / out / w % h;
            int image = i / out / w / h;
            double sum = 0;
            for (int ky = 0; ky < 3; ky++) {
                for (int kx = 0; kx < 3; kx++) {
                    int r = row + ky - 1;
                    int q = column + kx - 1;
                    if (r < 0 || r >= h || q < 0 || q >= w) {
                        continue;
                    }
                    for (int c = 0; c < in; c++) {
                        int from = ((image * h / 2 + r / 2) * w / 2 + q / 2) * in + c;
                        sum += x.get(from) * weights.get(((o * in + c) * 3 + ky) * 3 + kx);
                    }
                }
            }
            y[i] = (float) sum;
        }
        return y;
    }

    private static double product(Tensor left, Tensor right) {
        double sum = 0;
        for (int i = 0; i < left.length(); i++) {
            sum += (double) left.get(i) * right.get(i);
        }
        return sum;
    }

    private static ChannelVector vector(int seed, int channels) {
        Random random = new Random(seed);
        ChannelVector vector = new ChannelVector(channels);
        for (int c = 0; c < channels; c++) {
            vector.set(c, (float) random.nextGaussian());
        }
        return vector;
    }

    private static Tensor random(int seed, int... shape) {
        Random random = new Random(seed);
        Tensor tensor = Tensor.allocate(shape);
        for (int i = 0; i < tensor.length(); i++) {
            tensor.set(i, (float) random.nextGaussian());
        }
        return tensor;
    }
}
