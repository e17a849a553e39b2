package io.aktnode.nn.generator;

/**
 * What a batch norm's gradient needs of one shard, per channel.
 *
 * @param sums {@code Σ g}
 * @param products {@code Σ g·x}
 */
record GradientSums(double[] sums, double[] products) {

    GradientSums(int channels) {
        this(new double[channels], new double[channels]);
    }
}
