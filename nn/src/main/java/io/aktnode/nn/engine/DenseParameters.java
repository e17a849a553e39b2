package io.aktnode.nn.engine;

import io.aktnode.nn.engine.PlanNode.Dense;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.quantizer.WeightQuantizer;

/**
 * Parameters of one dense layer and its quantized weights. Shared by the shards, which only read.
 */
final class DenseParameters implements AutoCloseable {

    final Dense layer;
    final int weightBits;
    final Tensor weight;
    final Tensor bias;
    final Tensor effective;

    DenseParameters(Dense layer, int weightBits) {
        this.layer = layer;
        this.weightBits = weightBits;
        this.weight = Tensor.allocate(layer.channels(), layer.inputs());
        this.bias = Tensor.allocate(layer.channels());
        this.effective =
                weightBits == ConvolutionParameters.FULL_PRECISION
                        ? weight
                        : Tensor.allocate(layer.channels(), layer.inputs());
    }

    void refresh() {
        if (effective != weight) {
            WeightQuantizer.quantize(weight, weightBits, effective);
        }
    }

    @Override
    public void close() {
        weight.close();
        bias.close();
        if (effective != weight) {
            effective.close();
        }
    }
}
