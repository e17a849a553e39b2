package io.aktnode.nn.optim;

import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.OptimizerKernels;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.StudentOptimizerConfig;
import java.util.List;

/**
 * PyTorch's {@code SGD(nesterov=True)} without dampening: {@code g' = g + decay·w}, {@code v = m·v
 * + g'}, {@code w -= lr·(g' + m·v)}, in float32.
 *
 * <p>PyTorch's first step sets {@code v = g'}, which is the formula with {@code v = 0}. Numbers:
 * {@code student_<k>bit.npz}.
 */
public final class SgdNesterov implements Optimizer {

    private static final String MOMENTUM = "momentum";

    private final StudentOptimizerConfig config;
    private final Slots slots;

    public SgdNesterov(
            List<Parameter> parameters, StudentOptimizerConfig config, ComputePool pool) {
        this.config = config;
        this.slots = new Slots(parameters, pool, MOMENTUM);
    }

    @Override
    public double step(double scale, double learningRateFactor) {
        OptimizerKernels kernels = OptimizerKernels.fastest();
        OptimizerKernels.SgdStep step =
                new OptimizerKernels.SgdStep(
                        (float) scale,
                        (float) (config.learningRate() * learningRateFactor),
                        (float) config.momentum(),
                        (float) config.weightDecay());
        return slots.update(
                (parameter, index, from, to, sums, at) ->
                        kernels.sgdNesterov(
                                parameter.value(),
                                parameter.gradient(),
                                slots.slot(MOMENTUM, index),
                                from,
                                to,
                                step,
                                sums,
                                at));
    }

    /**
     * The update ratio of a first step with gradients of this norm, without momentum and weight
     * decay: {@code lr·(1+m)·‖g‖/‖w‖}. Infinite where all parameters are zero.
     */
    public double updateRatio(double gradientNorm) {
        return config.learningRate() * (1 + config.momentum()) * gradientNorm / slots.valueNorm();
    }

    @Override
    public StateDict save() {
        return slots.save();
    }

    @Override
    public void restore(StateDict state) {
        slots.restore(state);
    }

    @Override
    public void reset() {
        slots.reset();
    }

    @Override
    public void close() {
        slots.close();
    }
}
