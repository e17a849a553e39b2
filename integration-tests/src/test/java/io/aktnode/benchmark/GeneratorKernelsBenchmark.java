package io.aktnode.benchmark;

import io.aktnode.nn.kernel.ChannelVector;
import io.aktnode.nn.kernel.GeneratorKernels;
import io.aktnode.nn.kernel.PhaseShape;
import io.aktnode.nn.kernel.Tensor;
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
 * Each fused pass of the generator on one thread, plain Java against the Vector API, on a shard of
 * 50 images behind the second convolution: 3.3 million floats.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class GeneratorKernelsBenchmark {

    private static final PhaseShape SHAPE = new PhaseShape(50, 16, 16, 64);
    private static final int RGB = 3;
    private static final float LEAK = 0.2f;

    @Param({"plain", "vector"})
    private String kernels;

    private GeneratorKernels run;
    private Tensor phases;
    private Tensor phaseGradient;
    private Tensor image;
    private Tensor gradient;
    private Tensor picture;
    private Tensor pictureGradient;
    private final ChannelVector a = Inputs.channels(SHAPE.channels());
    private final ChannelVector b = Inputs.channels(SHAPE.channels());
    private final ChannelVector colours = Inputs.channels(RGB);
    private final double[] sums = new double[SHAPE.channels()];
    private final double[] products = new double[SHAPE.channels()];

    @Setup
    public void allocate() {
        run = kernels.equals("plain") ? GeneratorKernels.plain() : GeneratorKernels.fastest();
        phases = Inputs.random(SHAPE.phases());
        phaseGradient = Inputs.random(SHAPE.phases());
        image = Inputs.random(SHAPE.image());
        gradient = Inputs.random(SHAPE.image());
        picture = Inputs.random(SHAPE.images(), 2 * SHAPE.height(), 2 * SHAPE.width(), RGB);
        pictureGradient = Inputs.random(picture.shape());
    }

    @TearDown
    public void free() {
        List.of(phases, phaseGradient, image, gradient, picture, pictureGradient)
                .forEach(Tensor::close);
    }

    @Benchmark
    public double[] phaseMoments() {
        run.phaseMoments(phases, SHAPE, b, sums, products);
        return sums;
    }

    @Benchmark
    public void phaseActivation() {
        run.phaseActivation(phases, SHAPE, a, b, LEAK, image);
    }

    @Benchmark
    public double[] phaseGradientSums() {
        run.phaseGradientSums(gradient, phases, SHAPE, a, b, LEAK, sums, products);
        return sums;
    }

    @Benchmark
    public void phaseGradient() {
        run.phaseGradient(gradient, phases, SHAPE, a, b, LEAK, a, b, a, phaseGradient);
    }

    @Benchmark
    public void tanh() {
        run.tanh(picture, pictureGradient);
    }

    @Benchmark
    public void tanhGradient() {
        run.tanhGradient(picture, picture, colours, colours, colours, pictureGradient);
    }
}
