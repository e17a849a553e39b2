package io.aktnode.nn.engine;

import io.aktnode.nn.kernel.Kernels;
import io.aktnode.nn.kernel.Tensor;

/**
 * Where a node reads the gradient of its value and writes the gradient of its input. The first
 * reader of a value in backward order writes the gradient in place; a later one writes beside it
 * and adds.
 *
 * @param ofValue gradient of the node's value
 * @param written what the node's backward pass overwrites
 * @param ofInput gradient of the input; the same as {@code written} for the first writer
 */
record GradientSlot(Tensor ofValue, Tensor written, Tensor ofInput) {

    /** After {@link #written} is complete. */
    void join() {
        if (written != ofInput) {
            Kernels.fastest().accumulate(written, ofInput);
        }
    }
}
