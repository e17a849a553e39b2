package io.aktnode.nn.optim;

import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.OptimizerKernels;
import java.util.List;

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
        OptimizerKernels kernels = OptimizerKernels.fastest();
        Chunks chunks = new Chunks(parameters);
        double[] sums = new double[chunks.count() * OptimizerKernels.STATISTICS];
        chunks.forEach(
                pool,
                (chunk, parameter, from, to) ->
                        kernels.statistics(
                                parameters.get(parameter).gradient(),
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
