package io.aktnode.nn.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both ways to convolve, against the definition in double precision. */
class ConvolutionTest {

    private static final int IMAGES = 3;

    /** Largest error beside the largest value. */
    private static final double TOLERANCE = 2e-6;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(7);

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    /** Input channels, output channels, kernel, stride, padding, height, width. */
    @ParameterizedTest
    @CsvSource({
        "3,16,3,1,1,8,8",
        "16,16,3,1,1,8,6",
        "16,32,3,2,1,8,8",
        "16,32,3,2,1,7,9",
        "16,32,1,2,0,8,8",
        "5,7,3,1,1,6,5",
        "8,64,2,1,1,4,4",
        "24,3,3,1,1,8,8",
        "4,6,3,2,0,9,9",
        "2,3,5,3,2,11,10"
    })
    void bothWaysFollowTheDefinition(
            int in, int out, int kernel, int stride, int padding, int height, int width) {
        ConvolutionShape shape =
                new ConvolutionShape(in, out, kernel, stride, padding, height, width);
        Tensor x = random(IMAGES, height, width, in);
        Tensor w = random(shape.weightShape());
        Tensor bias = random(out);
        Tensor g = random(IMAGES, shape.outHeight(), shape.outWidth(), out);
        Definition expected = new Definition(shape, x, w, bias, g);
        ConvolutionWeights weights = keep(new ConvolutionWeights(shape, w));

        assertTrue(OneDnn.available(), "oneDNN loads on the machine that tests");
        Tensor y = tensor(g.shape());
        run(OneDnnConvolution.forward(weights, bias, x, y));
        assertNear(expected.output, y);
        Tensor toInput = tensor(x.shape());
        run(OneDnnConvolution.inputGradient(weights, g, toInput));
        assertNear(expected.inputGradient, toInput);
        Tensor toWeights = tensor(w.shape());
        run(OneDnnConvolution.weightGradient(shape, x, g, toWeights));
        assertNear(expected.weightGradient, toWeights);

        Tensor y2 = tensor(g.shape());
        run(Nd4jConvolution.forward(weights, bias, x, y2));
        assertNear(expected.output, y2);
        if (stride == 1) {
            Tensor toInput2 = tensor(x.shape());
            run(Nd4jConvolution.inputGradient(weights, g, toInput2));
            assertNear(expected.inputGradient, toInput2);
        }
        Tensor toInput3 = tensor(x.shape());
        Tensor toWeights2 = tensor(w.shape());
        run(Nd4jConvolution.gradients(weights, x, g, toInput3, toWeights2));
        assertNear(expected.inputGradient, toInput3);
        assertNear(expected.weightGradient, toWeights2);
    }

    @Test
    void preparedWeightsFollowTheValues() {
        ConvolutionShape shape = new ConvolutionShape(16, 32, 3, 1, 1, 8, 8);
        Tensor x = random(IMAGES, 8, 8, 16);
        Tensor w = random(shape.weightShape());
        Tensor y = tensor(IMAGES, 8, 8, 32);
        ConvolutionWeights weights = keep(new ConvolutionWeights(shape, w));
        Convolution convolution = keep(Convolution.of(weights).forward(x, y).build());
        w.copyFrom(random(shape.weightShape()));

        weights.prepare();
        convolution.forward();

        Tensor zero = tensor(32).zero();
        assertNear(new Definition(shape, x, w, zero, random(y.shape())).output, y);
    }

    @Test
    void theSameWorkGivesTheSameBits() {
        ConvolutionShape shape = new ConvolutionShape(16, 16, 3, 1, 1, 16, 16);
        Tensor x = random(IMAGES, 16, 16, 16);
        Tensor g = random(IMAGES, 16, 16, 16);
        ConvolutionWeights weights =
                keep(new ConvolutionWeights(shape, random(shape.weightShape())));
        Tensor toInput = tensor(x.shape());
        Tensor toWeights = tensor(shape.weightShape());
        Convolution convolution =
                keep(
                        Convolution.of(weights)
                                .forward(x, tensor(g.shape()))
                                .gradients(g, toInput, toWeights)
                                .build());
        convolution.gradients();
        float[] once = toWeights.toFloats();
        float[] onceInput = toInput.toFloats();

        try (ComputePool pool = new ComputePool(3)) {
            pool.run(1, i -> convolution.gradients());
        }

        assertArrayEquals(once, toWeights.toFloats());
        assertArrayEquals(onceInput, toInput.toFloats());
    }

    @Test
    void closingFreesEveryTensor() {
        ConvolutionShape shape = new ConvolutionShape(16, 32, 3, 2, 1, 8, 8);
        Tensor x = random(IMAGES, 8, 8, 16);
        Tensor g = random(IMAGES, 4, 4, 32);
        Tensor w = random(shape.weightShape());
        Tensor y = tensor(g.shape());
        Tensor toInput = tensor(x.shape());
        Tensor toWeights = tensor(w.shape());
        long before = Tensor.allocatedBytes();

        try (ConvolutionWeights weights = new ConvolutionWeights(shape, w);
                Convolution convolution =
                        Convolution.of(weights)
                                .forward(x, y)
                                .inputGradient(g, toInput)
                                .gradients(g, toInput, toWeights)
                                .build()) {
            convolution.forward();
            convolution.gradients();
        }

        assertEquals(before, Tensor.allocatedBytes());
    }

    private void run(NativeCall call) {
        keep(call).run();
    }

    private <T extends AutoCloseable> T keep(T closeable) {
        open.add(0, closeable);
        return closeable;
    }

    private Tensor tensor(int... shape) {
        Tensor tensor = Tensor.allocate(shape);
        open.add(tensor);
        return tensor;
    }

    private Tensor random(int... shape) {
        Tensor tensor = tensor(shape);
        for (int i = 0; i < tensor.length(); i++) {
            tensor.set(i, (float) random.nextDouble(-1, 1));
        }
        return tensor;
    }

    private static void assertNear(double[] expected, Tensor actual) {
        assertEquals(expected.length, actual.length());
        double largest = 0;
        double error = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            error = Math.max(error, Math.abs(expected[i] - actual.get(i)));
        }
        assertTrue(error <= TOLERANCE * largest, error + " beside " + largest);
    }

    /** Output and gradients by the sums that define them. */
    private static final class Definition {
        final double[] output;
        final double[] inputGradient;
        final double[] weightGradient;

        Definition(ConvolutionShape shape, Tensor x, Tensor w, Tensor bias, Tensor g) {
            output = new double[g.length()];
            inputGradient = new double[x.length()];
            weightGradient = new double[w.length()];
            int out = shape.outChannels();
            int in = shape.inChannels();
            int k = shape.kernel();
            for (int at = 0; at < g.length(); at++) {
                int o = at % out;
                int column = at / out % shape.outWidth();
                int row = at / out / shape.outWidth() % shape.outHeight();
                int n = at / out / shape.outWidth() / shape.outHeight();
                output[at] = bias.get(o);
                for (int tap = 0; tap < k * k; tap++) {
                    int y = row * shape.stride() + tap / k - shape.padding();
                    int z = column * shape.stride() + tap % k - shape.padding();
                    if (y < 0 || y >= shape.height() || z < 0 || z >= shape.width()) {
                        continue;
                    }
                    for (int i = 0; i < in; i++) {
                        int pixel = ((n * shape.height() + y) * shape.width() + z) * in + i;
                        int weight = (o * in + i) * k * k + tap;
                        output[at] += (double) x.get(pixel) * w.get(weight);
                        inputGradient[pixel] += (double) g.get(at) * w.get(weight);
                        weightGradient[weight] += (double) g.get(at) * x.get(pixel);
                    }
                }
            }
        }
    }
}
