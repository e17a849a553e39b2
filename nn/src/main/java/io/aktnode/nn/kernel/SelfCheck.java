package io.aktnode.nn.kernel;

import java.util.SplittableRandom;
import org.nd4j.linalg.factory.Nd4j;

/** What was loaded, and whether it computes what it should. */
public final class SelfCheck {

    private static final ConvolutionShape SHAPE = new ConvolutionShape(16, 16, 3, 1, 1, 8, 8);
    private static final int IMAGES = 2;

    private SelfCheck() {}

    /**
     * @param backend ND4J's name for it
     * @param instructionSet of the native build: AVX-512, AVX2 or SSE (none)
     * @param vectorKernels whether the fused kernels run on the Vector API
     */
    public record Loaded(String backend, String instructionSet, boolean vectorKernels) {}

    /** Starts the backend and says which it is. */
    public static Loaded loaded() {
        Backend.start();
        String extension = System.getProperty("org.bytedeco.javacpp.platform.extension", "");
        String instructionSet =
                extension.contains("avx512")
                        ? "AVX-512 with oneDNN"
                        : extension.contains("avx2") ? "AVX2 with oneDNN" : "generic, no oneDNN";
        return new Loaded(
                Nd4j.getBackend().getClass().getSimpleName(),
                instructionSet,
                Kernels.fastest() != Kernels.plain());
    }

    /**
     * Largest error of a convolution by the backend, written and read through the same memory as
     * the fused kernels use, relative to the largest value of plain Java's.
     */
    public static double convolutionError() {
        int inputs = IMAGES * SHAPE.height() * SHAPE.width() * SHAPE.inChannels();
        int outputs = IMAGES * SHAPE.outHeight() * SHAPE.outWidth() * SHAPE.outChannels();
        SplittableRandom random = new SplittableRandom(1);
        try (Tensor weights = Tensor.allocate(SHAPE.weightShape());
                Tensor input =
                        Tensor.allocate(IMAGES, SHAPE.height(), SHAPE.width(), SHAPE.inChannels());
                Tensor output =
                        Tensor.allocate(
                                IMAGES, SHAPE.outHeight(), SHAPE.outWidth(), SHAPE.outChannels())) {
            for (int i = 0; i < weights.length(); i++) {
                weights.set(i, (float) random.nextDouble(-1, 1));
            }
            for (int i = 0; i < inputs; i++) {
                input.set(i, (float) random.nextDouble(-1, 1));
            }
            try (ConvolutionWeights convolved = new ConvolutionWeights(SHAPE, weights);
                    Convolution convolution =
                            Convolution.of(convolved).forward(input, output).build()) {
                convolution.forward();
            }
            double error = 0;
            double largest = 0;
            for (int i = 0; i < outputs; i++) {
                double expected = plain(input, weights, i);
                largest = Math.max(largest, Math.abs(expected));
                error = Math.max(error, Math.abs(expected - output.get(i)));
            }
            return error / largest;
        }
    }

    /** One output element, by definition. */
    private static double plain(Tensor input, Tensor weights, int index) {
        int out = index % SHAPE.outChannels();
        int x = index / SHAPE.outChannels() % SHAPE.outWidth();
        int y = index / SHAPE.outChannels() / SHAPE.outWidth() % SHAPE.outHeight();
        int image = index / SHAPE.outChannels() / SHAPE.outWidth() / SHAPE.outHeight();
        double sum = 0;
        for (int ky = 0; ky < SHAPE.kernel(); ky++) {
            for (int kx = 0; kx < SHAPE.kernel(); kx++) {
                int row = y + ky - SHAPE.padding();
                int column = x + kx - SHAPE.padding();
                if (row < 0 || row >= SHAPE.height() || column < 0 || column >= SHAPE.width()) {
                    continue;
                }
                for (int in = 0; in < SHAPE.inChannels(); in++) {
                    int pixel =
                            ((image * SHAPE.height() + row) * SHAPE.width() + column)
                                            * SHAPE.inChannels()
                                    + in;
                    int weight =
                            ((out * SHAPE.inChannels() + in) * SHAPE.kernel() + ky) * SHAPE.kernel()
                                    + kx;
                    sum += (double) input.get(pixel) * weights.get(weight);
                }
            }
        }
        return sum;
    }
}
