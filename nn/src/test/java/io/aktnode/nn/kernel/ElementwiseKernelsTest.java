package io.aktnode.nn.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The SIMD kernels against plain Java, for channel counts that do and do not fill registers. */
class ElementwiseKernelsTest {

    private static final int IMAGES = 3;
    private static final int HEIGHT = 5;
    private static final int WIDTH = 7;

    private final ElementwiseKernels fast = Kernels.fastest();
    private final ElementwiseKernels plain = Kernels.plain();
    private final Random random = new Random(7);

    @Test
    void vectorKernelsAreInUseWhereTheModuleIsPresent() {
        boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        assertEquals(present, fast.lanes() > 1, fast.description());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10, 16, 24, 64})
    void forwardPassesAgree(int channels) {
        Tensor x = random(channels);
        Tensor skip = random(channels);
        ChannelVector a = channelValues(channels);
        ChannelVector b = channelValues(channels);
        UniformQuantizer q = UniformQuantizer.of(3, 0, 1.7f);
        Tensor expected = random(channels);
        Tensor actual = random(channels);

        plain.affine(x, a, b, expected);
        fast.affine(x, a, b, actual);
        assertSame(expected, actual);
        plain.affineAdd(x, a, b, skip, expected);
        fast.affineAdd(x, a, b, skip, actual);
        assertSame(expected, actual);
        for (UniformQuantizer quantizer : new UniformQuantizer[] {null, q}) {
            plain.affineRelu(x, a, b, quantizer, expected);
            fast.affineRelu(x, a, b, quantizer, actual);
            assertSame(expected, actual);
            plain.affineAddRelu(x, a, b, skip, quantizer, expected);
            fast.affineAddRelu(x, a, b, skip, quantizer, actual);
            assertSame(expected, actual);
        }
        plain.quantize(x, q, expected);
        fast.quantize(x, q, actual);
        assertSame(expected, actual);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10, 16, 24, 64})
    void gradientPassesAgree(int channels) {
        Tensor g = random(channels);
        Tensor x = random(channels);
        Tensor skip = random(channels);
        ChannelVector a = channelValues(channels);
        ChannelVector b = channelValues(channels);
        ChannelVector p = channelValues(channels);
        Tensor expected = random(channels);
        Tensor actual = random(channels);

        plain.reluGradient(g, x, a, b, expected);
        fast.reluGradient(g, x, a, b, actual);
        assertSame(expected, actual);
        plain.addReluGradient(g, x, a, b, skip, expected);
        fast.addReluGradient(g, x, a, b, skip, actual);
        assertSame(expected, actual);
        plain.affineGradient(g, x, a, b, p, expected);
        fast.affineGradient(g, x, a, b, p, actual);
        assertSame(expected, actual);
        expected.copyFrom(skip);
        actual.copyFrom(skip);
        plain.accumulate(x, expected);
        fast.accumulate(x, actual);
        assertSame(expected, actual);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10, 16, 24, 64})
    void reductionsAgree(int channels) {
        Tensor g = random(channels);
        Tensor x = random(channels);
        double[][] expected = new double[2][channels];
        double[][] actual = new double[2][channels];

        plain.channelSums(g, x, expected[0], expected[1]);
        fast.channelSums(g, x, actual[0], actual[1]);
        assertClose(expected[0], actual[0]);
        assertClose(expected[1], actual[1]);
        ChannelVector shift = channelValues(channels);
        plain.moments(x, shift, expected[0], expected[1]);
        fast.moments(x, shift, actual[0], actual[1]);
        assertClose(expected[0], actual[0]);
        assertClose(expected[1], actual[1]);
        float[] expectedRange = new float[2];
        float[] actualRange = new float[2];
        plain.minMax(x, expectedRange);
        fast.minMax(x, actualRange);
        assertArrayEquals(expectedRange, actualRange);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10, 16, 24, 64})
    void squareSumsAndTheirGradientAgree(int channels) {
        Tensor x = random(channels);
        ChannelVector a = channelValues(channels);
        ChannelVector b = channelValues(channels);
        float[][] channel = new float[2][channels];
        float[][] spatial = new float[2][HEIGHT * WIDTH];
        Tensor expected = random(channels);
        Tensor actual = random(channels);
        actual.copyFrom(expected);

        plain.squareSums(x, 1, a, b, channel[0], spatial[0]);
        fast.squareSums(x, 1, a, b, channel[1], spatial[1]);
        assertArrayEquals(channel[0], channel[1], 1e-4f);
        assertArrayEquals(spatial[0], spatial[1], 1e-4f);
        ChannelVector weights = ChannelVector.of(channel[0]);
        plain.squareSumsGradient(x, 2, a, b, weights, spatial[0], expected);
        fast.squareSumsGradient(x, 2, a, b, weights, spatial[0], actual);
        float[] wanted = expected.toFloats();
        float[] got = actual.toFloats();
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], got[i], 1e-4 * (1 + Math.abs(wanted[i])));
        }
    }

    @Test
    void notANumberIsNeverHiddenByAReduction() {
        Tensor x = random(16);
        x.set(100, Float.NaN);
        float[] range = new float[2];

        fast.minMax(x, range);

        assertTrue(Float.isNaN(range[0]) && Float.isNaN(range[1]));
    }

    @Test
    void aQuantizerRoundsHalfToEvenAndClampsToItsLevels() {
        UniformQuantizer q = UniformQuantizer.of(3, 0, 7);

        assertEquals(0f, q.apply(0.5f));
        assertEquals(2f, q.apply(1.5f));
        assertEquals(2f, q.apply(2.5f));
        assertEquals(7f, q.apply(100f));
        assertEquals(0f, q.apply(-100f));
    }

    private Tensor random(int channels) {
        Tensor tensor = Tensor.allocate(IMAGES, HEIGHT, WIDTH, channels);
        for (int i = 0; i < tensor.length(); i++) {
            tensor.set(i, (float) random.nextGaussian());
        }
        return tensor;
    }

    private ChannelVector channelValues(int channels) {
        ChannelVector vector = new ChannelVector(channels);
        for (int c = 0; c < channels; c++) {
            vector.set(c, (float) random.nextGaussian());
        }
        return vector;
    }

    /** Float sums over a hundred values of either sign, against double sums. */
    private static void assertClose(double[] expected, double[] actual) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], 1e-5 * (10 + Math.abs(expected[i])));
        }
    }

    private static void assertSame(Tensor expected, Tensor actual) {
        float[] wanted = expected.toFloats();
        float[] got = actual.toFloats();
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], got[i], 1e-6f * (1 + Math.abs(wanted[i])), "element " + i);
        }
    }
}
