package io.aktnode.nn.pretraining;

import io.aktnode.nn.data.Augmentation;

/**
 * How a teacher is trained: SGD with Nesterov momentum and a cosine learning rate, falling from
 * {@code learningRate} to 0.
 *
 * @param epochs passes over the images
 * @param batchSize images in a batch; what does not fill one at an epoch's end is left out
 * @param shards parts of a batch; batch norm uses each part's own statistics
 * @param augmentation random variants of the images
 * @param seed of initial weights, order and variants
 */
public record PretrainingConfig(
        int epochs,
        int batchSize,
        int shards,
        double learningRate,
        double momentum,
        double weightDecay,
        Augmentation augmentation,
        long seed) {

    public PretrainingConfig {
        if (epochs < 1) {
            throw new IllegalArgumentException("epochs=" + epochs + " must be 1 or more");
        }
        if (batchSize < 2 || shards < 1 || batchSize / shards < 2) {
            throw new IllegalArgumentException(
                    "batch="
                            + batchSize
                            + " must hold at least 2 images for each of "
                            + shards
                            + " shards");
        }
        if (!(learningRate > 0)) {
            throw new IllegalArgumentException(
                    "learning-rate=" + learningRate + " must be greater than 0");
        }
    }

    /** The usual settings for CIFAR ResNets. */
    public static PretrainingConfig of(int epochs, long seed) {
        return new PretrainingConfig(epochs, 128, 4, 0.1, 0.9, 1e-4, Augmentation.standard(), seed);
    }
}
