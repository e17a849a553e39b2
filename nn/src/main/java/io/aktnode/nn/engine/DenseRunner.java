package io.aktnode.nn.engine;

import io.aktnode.nn.kernel.DenseProduct;
import io.aktnode.nn.kernel.Tensor;
import java.util.Arrays;

/** {@link PlanNode.Dense} on one shard. */
final class DenseRunner implements NodeRunner {

    private final DenseParameters parameters;
    private final Tensor value;
    private final GradientSlot gradient;
    private final DenseProduct product;

    /** dL/dW of this shard, or null. */
    final Tensor weightGradient;

    /** dL/db of this shard. */
    final double[] biasGradient;

    DenseRunner(
            DenseParameters parameters,
            Tensor input,
            Tensor value,
            GradientSlot gradient,
            boolean trained) {
        this.parameters = parameters;
        this.value = value;
        this.gradient = gradient;
        this.weightGradient = trained ? Tensor.allocate(parameters.weight.shape()) : null;
        this.biasGradient = new double[parameters.layer.channels()];
        this.product =
                gradient == null
                        ? new DenseProduct(input, parameters.effective, value, null, null, null)
                        : new DenseProduct(
                                input,
                                parameters.effective,
                                value,
                                gradient.ofValue(),
                                gradient.written(),
                                weightGradient);
    }

    @Override
    public void forward() {
        product.forward();
        int outputs = parameters.layer.channels();
        for (int i = 0; i < value.length(); i++) {
            value.set(i, value.get(i) + parameters.bias.get(i % outputs));
        }
    }

    @Override
    public void backward(boolean withParameters) {
        if (withParameters) {
            product.weightGradient();
            int outputs = parameters.layer.channels();
            Arrays.fill(biasGradient, 0);
            for (int i = 0; i < value.length(); i++) {
                biasGradient[i % outputs] += gradient.ofValue().get(i);
            }
        }
        product.inputGradient();
        gradient.join();
    }

    @Override
    public void close() {
        product.close();
        if (weightGradient != null) {
            weightGradient.close();
        }
    }
}
