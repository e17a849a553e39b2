package io.aktnode.nn.kernel;

import java.util.SplittableRandom;

/**
 * How many float32 operations all threads of a pool reach together: what achieved rates are held
 * against. A fused multiply-add counts as two operations.
 *
 * @param flopsPerSecond best of several short rounds, in which every thread computes at once
 * @param how what was timed, for people
 */
public record MachinePeak(double flopsPerSecond, String how) {

    private static final double NS_PER_SECOND = 1e9;
    private static final long ROUND_NS = 40_000_000;
    private static final int ROUNDS = 12;

    /** Operations that depend on nothing but each other, without a memory access. */
    interface Loop {

        /** Floating-point operations of one iteration. */
        int flops();

        /** What runs, for people. */
        String description();

        /** Runs so many iterations; the result keeps the compiler from dropping them. */
        float run(int iterations);
    }

    /**
     * Takes half a second. The pool must have nothing else to do.
     *
     * <p>With the Vector API, chains of multiply-adds in registers; without it, the plain kernels
     * run and so does a large oneDNN convolution, which comes near to what the cores can do.
     */
    public static MachinePeak measure(ComputePool pool) {
        Loop loop = Kernels.choose(Loop.class, "VectorPeak", null);
        if (loop != null) {
            return new MachinePeak(best(pool, loop), loop.description());
        }
        try (ConvolutionLoop convolution = new ConvolutionLoop(pool.size())) {
            return new MachinePeak(
                    convolution.best(pool), "a convolution of 128 channels by oneDNN");
        }
    }

    private static double best(ComputePool pool, Loop loop) {
        float[] results = new float[pool.size()];
        int iterations = 1000;
        double best = 0;
        int rounds = 0;
        while (rounds < ROUNDS) {
            int count = iterations;
            long start = System.nanoTime();
            pool.run(pool.size(), i -> results[i] = loop.run(count));
            long tookNs = System.nanoTime() - start;
            if (tookNs < ROUND_NS / 2) {
                iterations *= 2;
                continue;
            }
            rounds++;
            double flops = (double) count * loop.flops() * pool.size();
            best = Math.max(best, flops * NS_PER_SECOND / tookNs);
        }
        return best;
    }

    /** One convolution for each thread. */
    private static final class ConvolutionLoop implements AutoCloseable {
        private static final ConvolutionShape SHAPE =
                new ConvolutionShape(128, 128, 3, 1, 1, 16, 16);
        private static final int IMAGES = 16;

        private final Convolution[] convolutions;
        private final ConvolutionWeights[] convolved;
        private final Tensor[] tensors;

        ConvolutionLoop(int threads) {
            convolutions = new Convolution[threads];
            convolved = new ConvolutionWeights[threads];
            tensors = new Tensor[3 * threads];
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < threads; i++) {
                Tensor weights = Tensor.allocate(SHAPE.weightShape());
                Tensor input = Tensor.allocate(IMAGES, 16, 16, 128);
                Tensor output = Tensor.allocate(IMAGES, 16, 16, 128);
                fill(weights, random);
                fill(input, random);
                convolved[i] = new ConvolutionWeights(SHAPE, weights);
                convolutions[i] = Convolution.of(convolved[i]).forward(input, output).build();
                tensors[3 * i] = weights;
                tensors[3 * i + 1] = input;
                tensors[3 * i + 2] = output;
            }
        }

        private static void fill(Tensor tensor, SplittableRandom random) {
            for (int i = 0; i < tensor.length(); i++) {
                tensor.set(i, (float) random.nextDouble(-1, 1));
            }
        }

        double best(ComputePool pool) {
            double flops = 2.0 * SHAPE.multiplyAdds() * IMAGES * convolutions.length;
            double best = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                pool.run(convolutions.length, i -> convolutions[i].forward());
                best = Math.max(best, flops * NS_PER_SECOND / (System.nanoTime() - start));
            }
            return best;
        }

        @Override
        public void close() {
            for (Convolution convolution : convolutions) {
                convolution.close();
            }
            for (ConvolutionWeights weights : convolved) {
                weights.close();
            }
            for (Tensor tensor : tensors) {
                tensor.close();
            }
        }
    }
}
