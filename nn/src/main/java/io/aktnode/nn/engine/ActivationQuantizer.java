package io.aktnode.nn.engine;

import io.aktnode.nn.kernel.UniformQuantizer;
import io.aktnode.nn.quantizer.ActivationRange;

/** The quantizer after one ReLU: its range, and what the shards read while they run. */
final class ActivationQuantizer {

    final String name;
    final ActivationRange range;
    private UniformQuantizer current;

    ActivationQuantizer(String name, int bits) {
        this.name = name;
        this.range = new ActivationRange(bits);
    }

    /** Takes in the whole batch's extremes; between the passes of the shards. */
    void observe(float min, float max) {
        range.observe(min, max);
        refresh();
    }

    void refresh() {
        current = range.calibrated() ? range.quantizer() : null;
    }

    /** Null until the first batch was seen. */
    UniformQuantizer current() {
        return current;
    }
}
