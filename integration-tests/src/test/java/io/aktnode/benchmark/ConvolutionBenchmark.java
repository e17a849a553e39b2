package io.aktnode.benchmark;

import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Convolution;
import io.aktnode.nn.kernel.ConvolutionShape;
import io.aktnode.nn.kernel.ConvolutionWeights;
import io.aktnode.nn.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
 * Each convolution of ResNet-20 and of the generator (its upsampling ones in sub-pixel form), as
 * the engine runs it: one shard for each core, all at once, one OpenMP thread each.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class ConvolutionBenchmark {

    private static final int CORES = Runtime.getRuntime().availableProcessors();

    /** Input channels, output channels, kernel, stride, padding, extent of the input. */
    @Param({
        "3-16-3-1-1-32",
        "16-16-3-1-1-32",
        "16-32-3-2-1-32",
        "16-32-1-2-0-32",
        "32-32-3-1-1-16",
        "32-64-3-2-1-16",
        "32-64-1-2-0-16",
        "64-64-3-1-1-8",
        "128-512-2-1-1-8",
        "128-256-2-1-1-16",
        "64-3-3-1-1-32"
    })
    private String layer;

    /** In the batch, over all cores. */
    @Param("200")
    private int images;

    private ComputePool pool;
    private ConvolutionWeights weights;
    private final List<Convolution> shards = new ArrayList<>();
    private final List<Tensor> tensors = new ArrayList<>();

    @Setup
    public void allocate() {
        pool = new ComputePool(CORES);
        ConvolutionShape shape = shape(layer);
        weights = new ConvolutionWeights(shape, tensor(shape.weightShape()));
        List<Integer> bounds = ComputePool.cut(images, CORES);
        for (int i = 0; i < CORES; i++) {
            shards.add(shard(bounds.get(i + 1) - bounds.get(i)));
        }
    }

    private Convolution shard(int count) {
        ConvolutionShape shape = weights.shape();
        Tensor input = tensor(count, shape.height(), shape.width(), shape.inChannels());
        Tensor inputGradient = tensor(input.shape());
        Tensor output = tensor(count, shape.outHeight(), shape.outWidth(), shape.outChannels());
        Tensor outputGradient = tensor(output.shape());
        return Convolution.of(weights)
                .forward(input, output)
                .inputGradient(outputGradient, inputGradient)
                .gradients(outputGradient, inputGradient, tensor(shape.weightShape()))
                .build();
    }

    private static ConvolutionShape shape(String layer) {
        String[] numbers = layer.split("-");
        int[] n = new int[numbers.length];
        for (int i = 0; i < n.length; i++) {
            n[i] = Integer.parseInt(numbers[i]);
        }
        return new ConvolutionShape(n[0], n[1], n[2], n[3], n[4], n[5], n[5]);
    }

    private Tensor tensor(int... shape) {
        Tensor tensor = Inputs.random(shape);
        tensors.add(tensor);
        return tensor;
    }

    @TearDown
    public void free() {
        pool.close();
        shards.forEach(Convolution::close);
        weights.close();
        tensors.forEach(Tensor::close);
    }

    @Benchmark
    public void forward() {
        onAllCores(Convolution::forward);
    }

    @Benchmark
    public void inputGradient() {
        onAllCores(Convolution::inputGradient);
    }

    @Benchmark
    public void gradients() {
        onAllCores(Convolution::gradients);
    }

    private void onAllCores(Consumer<Convolution> operation) {
        pool.run(shards.size(), i -> operation.accept(shards.get(i)));
    }
}
