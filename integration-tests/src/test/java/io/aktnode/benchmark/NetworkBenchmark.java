package io.aktnode.benchmark;

import io.aktnode.nn.engine.Network;
import io.aktnode.nn.engine.NetworkMode;
import io.aktnode.nn.engine.NetworkSettings;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.zoo.Architecture;
import java.util.Optional;
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

/** Inference by ResNet-20 on all cores: the float teacher and the 3-bit student. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class NetworkBenchmark {

    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final int SIZE = 32;

    @Param({"teacher", "student"})
    private String network;

    @Param({"16", "500"})
    private int batch;

    private ComputePool pool;
    private Network compiled;
    private Tensor images;

    @Setup
    public void compile() {
        pool = new ComputePool(CORES);
        Optional<QuantizationConfig> quantization =
                network.equals("student")
                        ? Optional.of(QuantizationConfig.of(3))
                        : Optional.empty();
        compiled =
                Network.compile(
                        new Architecture("resnet20", 10, SIZE).graph(1),
                        new NetworkSettings(
                                SIZE, batch, CORES, NetworkMode.INFERENCE, quantization),
                        pool);
        images = Inputs.random(batch, SIZE, SIZE, 3);
        if (quantization.isPresent()) {
            compiled.calibrate(images);
        }
    }

    @TearDown
    public void free() {
        compiled.close();
        images.close();
        pool.close();
    }

    @Benchmark
    public Tensor inference() {
        return compiled.forward(images);
    }
}
