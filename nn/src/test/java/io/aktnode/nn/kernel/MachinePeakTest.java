package io.aktnode.nn.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MachinePeakTest {

    @Test
    void noConvolutionIsFasterThanThePeak() {
        ConvolutionShape shape = new ConvolutionShape(64, 64, 3, 1, 1, 16, 16);
        int images = 8;
        try (ComputePool pool = new ComputePool(1);
                Tensor weights = Tensor.allocate(shape.weightShape()).zero();
                Tensor input = Tensor.allocate(images, 16, 16, 64).zero();
                Tensor output = Tensor.allocate(images, 16, 16, 64);
                Convolution convolution =
                        Convolution.of(new ConvolutionWeights(shape, weights))
                                .forward(input, output)
                                .build()) {
            MachinePeak peak = MachinePeak.measure(pool);
            double[] best = {0};
            double flops = 2.0 * shape.multiplyAdds() * images;
            for (int i = 0; i < 10; i++) {
                long start = System.nanoTime();
                pool.run(1, shard -> convolution.forward());
                best[0] = Math.max(best[0], flops * 1e9 / (System.nanoTime() - start));
            }

            // A busy machine slows either down, so only the order of magnitude is certain.
            assertTrue(peak.flopsPerSecond() > best[0] / 2, peak + ", convolution " + best[0]);
        }
    }

    @Test
    void chainsOfMultiplyAddsConvergeToOne() {
        MachinePeak.Loop loop = Kernels.choose(MachinePeak.Loop.class, "VectorPeak", null);
        if (loop == null) {
            return; // without the Vector API there is no such loop
        }
        int chains = loop.flops() / 2;

        assertEquals(chains, loop.run(1000), 1e-3 * chains);
    }
}
