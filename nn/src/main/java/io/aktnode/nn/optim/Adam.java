package io.aktnode.nn.optim;

import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.OptimizerKernels;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import java.util.List;

/**
 * PyTorch's {@code Adam} without weight decay: {@code m = β₁m + (1-β₁)g}, {@code v = β₂v +
 * (1-β₂)g²}, {@code w -= lr/(1-β₁ᵗ)·m / (√v/√(1-β₂ᵗ) + ε)}, in float32, ε=1e-8.
 *
 * <p>Numbers: {@code generator.npz}.
 */
public final class Adam implements Optimizer {

    private static final String FIRST = "exp_avg";
    private static final String SECOND = "exp_avg_sq";
    private static final String STEP = "step";
    private static final float EPSILON = 1e-8f;

    /** Float32 counts exactly to here; both bias corrections have been 1 for long by then. */
    private static final int LAST_COUNTED_STEP = 1 << 24;

    private final double learningRate;
    private final double beta1;
    private final double beta2;
    private final Slots slots;
    private int steps;

    public Adam(
            List<Parameter> parameters,
            double learningRate,
            double beta1,
            double beta2,
            ComputePool pool) {
        this.learningRate = learningRate;
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.slots = new Slots(parameters, pool, FIRST, SECOND);
    }

    @Override
    public double step(double scale, double learningRateFactor) {
        steps = Math.min(steps + 1, LAST_COUNTED_STEP);
        OptimizerKernels kernels = OptimizerKernels.fastest();
        double rate = learningRate * learningRateFactor / (1 - Math.pow(beta1, steps));
        OptimizerKernels.AdamStep step =
                new OptimizerKernels.AdamStep(
                        (float) scale,
                        (float) rate,
                        (float) beta1,
                        (float) (1 - beta1),
                        (float) beta2,
                        (float) (1 - beta2),
                        (float) Math.sqrt(1 - Math.pow(beta2, steps)),
                        EPSILON);
        return slots.update(
                (parameter, index, from, to, sums, at) ->
                        kernels.adam(
                                parameter.value(),
                                parameter.gradient(),
                                slots.slot(FIRST, index),
                                slots.slot(SECOND, index),
                                from,
                                to,
                                step,
                                sums,
                                at));
    }

    @Override
    public StateDict save() {
        return slots.save().put(STEP, FloatArray.scalar(steps));
    }

    @Override
    public void restore(StateDict state) {
        slots.restore(state);
        steps = (int) state.get(STEP).values()[0];
    }

    @Override
    public void reset() {
        slots.reset();
        steps = 0;
    }

    @Override
    public void close() {
        slots.close();
    }
}
