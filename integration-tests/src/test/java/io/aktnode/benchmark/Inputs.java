package io.aktnode.benchmark;

import io.aktnode.nn.kernel.ChannelVector;
import io.aktnode.nn.kernel.Tensor;
import java.util.SplittableRandom;

/** Reproducible numbers to compute with: no zeros, no denormals, both signs. */
final class Inputs {

    private Inputs() {}

    static Tensor random(int... shape) {
        return fill(Tensor.allocate(shape));
    }

    static Tensor fill(Tensor tensor) {
        SplittableRandom random = new SplittableRandom(tensor.length());
        for (int i = 0; i < tensor.length(); i++) {
            tensor.set(i, (float) random.nextDouble(-1, 1));
        }
        return tensor;
    }

    static ChannelVector channels(int count) {
        SplittableRandom random = new SplittableRandom(count);
        ChannelVector vector = new ChannelVector(count);
        for (int c = 0; c < count; c++) {
            vector.set(c, (float) random.nextDouble(0.5, 1.5));
        }
        return vector;
    }
}
