package io.aktnode.benchmark;

import io.aktnode.nn.attention.RefinedFeatureDistillation;
import io.aktnode.nn.attention.TapAttention;
import io.aktnode.nn.kernel.ChannelVector;
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

/** Attention of one tap and AKT's loss on it, a shard of 50 images on one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class AttentionBenchmark {

    private static final int IMAGES = 50;
    private static final double TEMPERATURE = 8;
    private static final double WEIGHT = 1000;

    /** Channels of the tap; ResNet-20 has three taps of each. */
    @Param({"16", "32", "64"})
    private int channels;

    private int extent;
    private Tensor raw;
    private Tensor gradient;
    private Tensor teacherChannel;
    private Tensor teacherSpatial;
    private ChannelVector a;
    private ChannelVector b;
    private TapAttention attention;
    private RefinedFeatureDistillation distillation;

    @Setup
    public void allocate() {
        extent = 512 / channels;
        int pixels = extent * extent;
        raw = Inputs.random(IMAGES, extent, extent, channels);
        gradient = Inputs.random(IMAGES, extent, extent, channels);
        teacherChannel = Inputs.random(IMAGES, channels);
        teacherSpatial = Inputs.random(IMAGES, pixels);
        a = Inputs.channels(channels);
        b = Inputs.channels(channels);
        attention = new TapAttention(channels, pixels);
        distillation = new RefinedFeatureDistillation(channels, pixels, TEMPERATURE, WEIGHT);
    }

    @TearDown
    public void free() {
        List.of(raw, gradient, teacherChannel, teacherSpatial).forEach(Tensor::close);
    }

    @Benchmark
    public double[] attention() {
        for (int image = 0; image < IMAGES; image++) {
            attention.of(raw, image, a, b);
        }
        return attention.spatial();
    }

    @Benchmark
    public double lossAndGradient() {
        double loss = 0;
        for (int image = 0; image < IMAGES; image++) {
            loss +=
                    distillation.lossAndGradient(
                            raw, image, a, b, teacherChannel, teacherSpatial, image, gradient);
        }
        return loss;
    }
}
