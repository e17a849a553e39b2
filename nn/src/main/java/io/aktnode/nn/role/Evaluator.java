package io.aktnode.nn.role;

import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.engine.Network;
import io.aktnode.nn.kernel.Tensor;

/** Top-1 accuracy of a network on labelled images. */
public final class Evaluator {

    private Evaluator() {}

    /**
     * @return percent of the images whose label has the highest logit; a NaN logit never wins
     */
    public static double top1(Network network, ImageSet images, Normalization normalization) {
        if (images.size() == 0) {
            throw new IllegalArgumentException("there is no image to evaluate on");
        }
        int batch = network.batchSize();
        int each = images.height() * images.width() * 3;
        float[] pixels = new float[batch * each];
        int hits = 0;
        try (Tensor input = Tensor.allocate(batch, images.height(), images.width(), 3)) {
            for (int from = 0; from < images.size(); from += batch) {
                int count = Math.min(batch, images.size() - from);
                for (int i = 0; i < count; i++) {
                    images.normalised(from + i, normalization, pixels, i * each);
                }
                input.set(pixels);
                Tensor logits = network.forward(input);
                for (int i = 0; i < count; i++) {
                    hits += best(logits, i) == images.label(from + i) ? 1 : 0;
                }
            }
        }
        return 100.0 * hits / images.size();
    }

    private static int best(Tensor logits, int row) {
        int classes = logits.extent(1);
        int best = -1;
        float highest = Float.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            float value = logits.get(row * classes + c);
            if (value > highest) {
                highest = value;
                best = c;
            }
        }
        return best;
    }
}
