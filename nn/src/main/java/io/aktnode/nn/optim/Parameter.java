package io.aktnode.nn.optim;

import io.aktnode.nn.kernel.Tensor;

/**
 * A parameter and where its gradient is written, both lent by whoever trains it.
 *
 * @param name unique within an optimizer; the key of its state
 */
public record Parameter(String name, Tensor value, Tensor gradient) {

    public Parameter {
        gradient.require("gradient of " + name, value.shape());
    }
}
