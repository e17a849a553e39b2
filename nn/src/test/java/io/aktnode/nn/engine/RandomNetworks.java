package io.aktnode.nn.engine;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import java.util.Map;
import java.util.Random;

/** Random parameters and images under which every part of a network matters. */
final class RandomNetworks {

    private RandomNetworks() {}

    /** Weights of He's scale, batch norms far from the identity. */
    static StateDict parameters(Map<String, int[]> shapes, long seed) {
        Random random = new Random(seed);
        StateDict state = new StateDict();
        shapes.forEach((name, shape) -> state.put(name, array(name, shape, random)));
        return state;
    }

    private static FloatArray array(String name, int[] shape, Random random) {
        int length = 1;
        for (int extent : shape) {
            length *= extent;
        }
        float[] values = new float[length];
        boolean vector = shape.length == 1;
        double scale = vector ? 0.2 : Math.sqrt(2.0 * shape[0] / length);
        boolean aroundOne = name.endsWith("running_var") || vector && name.endsWith(".weight");
        for (int i = 0; i < length; i++) {
            values[i] = (float) (random.nextGaussian() * scale + (aroundOne ? 1 : 0));
            if (aroundOne) {
                values[i] = Math.max(0.3f, values[i]);
            }
        }
        return new FloatArray(shape, values);
    }

    static Tensor normal(long seed, int... shape) {
        Random random = new Random(seed);
        Tensor tensor = Tensor.allocate(shape);
        for (int i = 0; i < tensor.length(); i++) {
            tensor.set(i, (float) random.nextGaussian());
        }
        return tensor;
    }
}
