package io.aktnode.nn.optim;

import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.OptimizerKernels;
import io.aktnode.nn.kernel.Tensor;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What all gradients of a step come to.
 *
 * @param norm global 2-norm, accumulated in double; not finite when an element is not
 * @param largest largest absolute element; NaN elements are not compared
 * @param nonFinite number of elements that are NaN or infinite
 */
public record GradientSummary(double norm, double largest, long nonFinite) {

    /** Measures the gradients of {@code parameters}; the result does not depend on the pool. */
    public static GradientSummary of(List<Parameter> parameters, ComputePool pool) {
        return of(new Chunks(parameters), pool, index -> parameters.get(index).gradient());
    }

    /**
     * The same of other tensors of the parameters.
     *
     * @param chunks of the parameters
     * @param tensors by the parameter's index
     */
    static GradientSummary of(Chunks chunks, ComputePool pool, IntFunction<Tensor> tensors) {
        OptimizerKernels kernels = OptimizerKernels.fastest();
        double[] sums = new double[chunks.count() * OptimizerKernels.STATISTICS];
        chunks.forEach(
                pool,
                (chunk, index, from, to) ->
                        kernels.statistics(
                                tensors.apply(index),
                                from,
                                to,
                                sums,
                                chunk * OptimizerKernels.STATISTICS));
        double squares = 0;
        double largest = 0;
        long nonFinite = 0;
        for (int i = 0; i < sums.length; i += OptimizerKernels.STATISTICS) {
            squares += sums[i];
            largest = Math.max(largest, sums[i + 1]);
            nonFinite += (long) sums[i + 2];
        }
        return new GradientSummary(Math.sqrt(squares), largest, nonFinite);
    }
}
