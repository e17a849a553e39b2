package io.aktnode.benchmark;

import io.aktnode.nn.kernel.OptimizerKernels;
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
 * The optimizers' passes over a million parameters on one thread, about as many as the generator
 * has (ResNet-20 has a quarter of that).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
// Before it is compiled a pass on the Vector API takes up to a second.
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class OptimizerBenchmark {

    private static final int PARAMETERS = 1 << 20;

    /** Rates at which the parameters stay where they are, however often they are updated. */
    private static final OptimizerKernels.SgdStep SGD =
            new OptimizerKernels.SgdStep(1, 1e-9f, 0.9f, 1e-4f);

    private static final OptimizerKernels.AdamStep ADAM =
            new OptimizerKernels.AdamStep(1, 1e-9f, 0.5f, 0.5f, 0.999f, 0.001f, 1, 1e-8f);

    @Param({"plain", "vector"})
    private String kernels;

    private OptimizerKernels run;
    private Tensor weights;
    private Tensor gradient;
    private Tensor first;
    private Tensor second;
    private final double[] sums = new double[OptimizerKernels.STATISTICS];

    @Setup
    public void allocate() {
        run = kernels.equals("plain") ? OptimizerKernels.plain() : OptimizerKernels.fastest();
        weights = Inputs.random(PARAMETERS);
        gradient = Inputs.random(PARAMETERS);
        first = Inputs.random(PARAMETERS);
        second = Tensor.allocate(PARAMETERS);
        for (int i = 0; i < PARAMETERS; i++) {
            second.set(i, 0.1f);
        }
    }

    @TearDown
    public void free() {
        List.of(weights, gradient, first, second).forEach(Tensor::close);
    }

    @Benchmark
    public double[] sgdNesterov() {
        run.sgdNesterov(weights, gradient, first, 0, PARAMETERS, SGD, sums, 0);
        return sums;
    }

    @Benchmark
    public double[] adam() {
        run.adam(weights, gradient, first, second, 0, PARAMETERS, ADAM, sums, 0);
        return sums;
    }

    @Benchmark
    public double[] statistics() {
        run.statistics(gradient, 0, PARAMETERS, sums, 0);
        return sums;
    }
}
