package io.aktnode.benchmark;

import io.aktnode.nn.kernel.ChannelVector;
import io.aktnode.nn.kernel.ElementwiseKernels;
import io.aktnode.nn.kernel.Kernels;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.kernel.UniformQuantizer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Each fused pass on one thread, plain Java against the Vector API, on a shard of 50 images as
 * ResNet-20's first stage holds it: 0.82 million floats.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class ElementwiseBenchmark {

    private static final int IMAGES = 50;
    private static final int EXTENT = 32;
    private static final int CHANNELS = 16;

    @Param({"plain", "vector"})
    private String kernels;

    private ElementwiseKernels run;
    private Tensor x;
    private Tensor y;
    private Tensor skip;
    private Tensor pooled;
    private final ChannelVector a = Inputs.channels(CHANNELS);
    private final ChannelVector b = Inputs.channels(CHANNELS);
    private final UniformQuantizer quantizer = UniformQuantizer.of(3, 0, 3);
    private final float[] range = new float[2];
    private final double[] sums = new double[CHANNELS];
    private final double[] products = new double[CHANNELS];
    private final float[] channel = new float[CHANNELS];
    private final float[] spatial = new float[EXTENT * EXTENT];

    @Setup
    public void allocate() {
        run = kernels.equals("plain") ? Kernels.plain() : Kernels.fastest();
        x = Inputs.random(IMAGES, EXTENT, EXTENT, CHANNELS);
        y = Inputs.random(IMAGES, EXTENT, EXTENT, CHANNELS);
        skip = Inputs.random(IMAGES, EXTENT, EXTENT, CHANNELS);
        pooled = Inputs.random(IMAGES, CHANNELS);
    }

    @TearDown
    public void free() {
        List.of(x, y, skip, pooled).forEach(Tensor::close);
    }

    @Benchmark
    public void affine() {
        run.affine(x, a, b, y);
    }

    @Benchmark
    public void affineRelu() {
        run.affineRelu(x, a, b, null, y);
    }

    @Benchmark
    public void affineReluQuantize() {
        run.affineRelu(x, a, b, quantizer, y);
    }

    @Benchmark
    public void affineAddReluQuantize() {
        run.affineAddRelu(x, a, b, skip, quantizer, y);
    }

    @Benchmark
    public void affineAdd() {
        run.affineAdd(x, a, b, skip, y);
    }

    @Benchmark
    public void quantize() {
        run.quantize(x, quantizer, y);
    }

    @Benchmark
    public float[] minMax() {
        run.minMax(x, range);
        return range;
    }

    @Benchmark
    public void reluGradient() {
        run.reluGradient(skip, x, a, b, y);
    }

    @Benchmark
    public void addReluGradient() {
        run.addReluGradient(skip, x, a, b, skip, y);
    }

    @Benchmark
    public void affineGradient() {
        run.affineGradient(skip, x, a, b, a, y);
    }

    @Benchmark
    public double[] channelSums() {
        run.channelSums(skip, x, sums, products);
        return sums;
    }

    @Benchmark
    public double[] moments() {
        run.moments(x, b, sums, products);
        return sums;
    }

    /** Into the gradient of another pass, so that the sum does not grow without bound. */
    @Benchmark
    public void affineThenAccumulate() {
        run.affine(x, a, b, y);
        run.accumulate(skip, y);
    }

    @Benchmark
    public void averagePool() {
        run.averagePool(x, pooled);
    }

    @Benchmark
    public void averagePoolGradient() {
        run.averagePoolGradient(pooled, y);
    }

    @Benchmark
    public float[] squareSums() {
        for (int image = 0; image < IMAGES; image++) {
            run.squareSums(x, image, a, b, channel, spatial);
        }
        return spatial;
    }

    @Benchmark
    public void affineThenSquareSumsGradient() {
        run.affine(x, a, b, y);
        for (int image = 0; image < IMAGES; image++) {
            run.squareSumsGradient(x, image, a, b, a, spatial, y);
        }
    }
}
