package io.aktnode.ops.job;

import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.quantizer.ActivationRange;
import io.aktnode.nn.train.QuantizationConfig;

/** The activation ranges of a model file: a tensor of two numbers, and in the metadata exactly. */
final class ActivationRanges {

    private static final String SUFFIX = ".range";
    private static final String KEY = "range/";

    private ActivationRanges() {}

    /** Whether a tensor is one. */
    static boolean isTensor(String name) {
        return name.endsWith(SUFFIX);
    }

    /** Whether metadata are one. */
    static boolean isMetadata(String key) {
        return key.startsWith(KEY);
    }

    /** Number of quantized activations of a model. */
    static int count(StateDict weights) {
        return (int) weights.arrays().keySet().stream().filter(ActivationRanges::isTensor).count();
    }

    /**
     * @throws IllegalArgumentException naming the first that is none
     */
    static void require(StateDict state) {
        state.arrays()
                .forEach(
                        (name, array) -> {
                            if (isTensor(name)) {
                                require(name, () -> any().set(end(array, 0), end(array, 1)));
                            }
                        });
        state.metadata()
                .forEach(
                        (key, value) -> {
                            if (isMetadata(key)) {
                                require(key, () -> any().restore(value));
                            }
                        });
    }

    private static void require(String name, Runnable taking) {
        try {
            taking.run();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
    }

    /** Which numbers can be a range does not depend on its bits. */
    private static ActivationRange any() {
        return new ActivationRange(QuantizationConfig.HIGHEST_BITS);
    }

    private static float end(FloatArray range, int index) {
        if (range.values().length != 2) {
            throw new IllegalArgumentException(
                    "activation range has "
                            + range.values().length
                            + " numbers, expected the lowest and the highest value");
        }
        return range.values()[index];
    }
}
