package io.aktnode.nn.engine;

import io.aktnode.nn.kernel.Kernels;
import io.aktnode.nn.kernel.Tensor;

/** {@link PlanNode.GlobalAveragePool} on one shard. */
final class PoolRunner implements NodeRunner {

    private final Tensor input;
    private final Tensor value;
    private final GradientSlot gradient;

    /**
     * @param gradient null when no gradients are wanted
     */
    PoolRunner(Tensor input, Tensor value, GradientSlot gradient) {
        this.input = input;
        this.value = value;
        this.gradient = gradient;
    }

    @Override
    public void forward() {
        Kernels.fastest().averagePool(input, value);
    }

    @Override
    public void backward(boolean parameters) {
        Kernels.fastest().averagePoolGradient(gradient.ofValue(), gradient.written());
        gradient.join();
    }

    @Override
    public void close() {}
}
