package io.aktnode.ops.bench;

import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.engine.GraphParameters;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.zoo.Architecture;
import io.aktnode.ops.job.Model;
import java.util.Map;
import java.util.Optional;

/** An untrained network: a step on it costs what a step on a trained one does. */
final class RandomTeacher {

    private static final long SEED = 1;

    /**
     * On the batch norm that ends a residual body. Without trained statistics each body would
     * double the variance, to 10⁸ times that of the images at depth 56.
     */
    private static final float BODY_SCALE = 0.3f;

    private static final String BODY_END = ".body.conv2.bn.weight";

    private RandomTeacher() {}

    static Model of(Architecture architecture) {
        StateDict random = GraphParameters.read(architecture.graph(SEED));
        StateDict weights = new StateDict();
        for (Map.Entry<String, FloatArray> entry : random.arrays().entrySet()) {
            FloatArray array = entry.getValue();
            weights.put(entry.getKey(), entry.getKey().endsWith(BODY_END) ? scaled(array) : array);
        }
        return new Model(
                "an untrained network",
                weights,
                architecture,
                Normalization.cifar10(),
                Optional.empty());
    }

    private static FloatArray scaled(FloatArray array) {
        float[] values = array.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] *= BODY_SCALE;
        }
        return new FloatArray(array.shape(), values);
    }
}
