package io.aktnode.nn.pretraining;

import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.engine.Network;
import io.aktnode.nn.engine.NetworkMode;
import io.aktnode.nn.engine.NetworkSettings;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.optim.SgdNesterov;
import io.aktnode.nn.train.StudentOptimizerConfig;
import io.aktnode.nn.zoo.Architecture;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Trains a full-precision network on labelled images with cross entropy. The same seed gives the
 * same weights, whatever the number of cores. One thread.
 */
public final class TeacherTraining {

    private static final double RUNNING_MOMENTUM = 0.1;

    /** Told of every step; must return at once. */
    @FunctionalInterface
    public interface Progress {

        /**
         * @param step from 1 to {@code steps}
         * @param loss mean cross entropy of the batch
         */
        void onStep(int step, int steps, double loss);
    }

    private final Architecture architecture;
    private final PretrainingConfig config;
    private final ImageSet images;
    private final Normalization normalization;
    private final ComputePool pool;

    public TeacherTraining(
            Architecture architecture,
            PretrainingConfig config,
            ImageSet images,
            Normalization normalization,
            ComputePool pool) {
        if (images.size() < config.batchSize()) {
            throw new IllegalArgumentException(
                    images.size()
                            + " images do not fill a batch of "
                            + config.batchSize()
                            + "; use a smaller batch or more images");
        }
        this.architecture = architecture;
        this.config = config;
        this.images = images;
        this.normalization = normalization;
        this.pool = pool;
    }

    /**
     * Trains from fresh weights.
     *
     * @throws IllegalStateException when the loss stops being finite
     */
    public StateDict run(Progress progress) {
        NetworkSettings settings =
                new NetworkSettings(
                        architecture.size(),
                        config.batchSize(),
                        config.shards(),
                        NetworkMode.PRETRAINING,
                        Optional.empty());
        StudentOptimizerConfig sgd =
                new StudentOptimizerConfig(
                        config.learningRate(), config.momentum(), config.weightDecay());
        int stepsPerEpoch = images.size() / config.batchSize();
        int steps = config.epochs() * stepsPerEpoch;
        SplittableRandom random = new SplittableRandom(config.seed());
        try (Network network = Network.compile(architecture.graph(config.seed()), settings, pool);
                SgdNesterov optimizer = new SgdNesterov(network.trainable(), sgd, pool);
                Batch batch = new Batch()) {
            int step = 0;
            for (int epoch = 0; epoch < config.epochs(); epoch++) {
                int[] order = shuffled(images.size(), random);
                for (int i = 0; i < stepsPerEpoch; i++, step++) {
                    batch.fill(order, i * config.batchSize(), random.split());
                    double loss = batch.crossEntropy(network.forward(batch.images));
                    if (!Double.isFinite(loss)) {
                        throw new IllegalStateException(
                                "loss is "
                                        + loss
                                        + " at step "
                                        + step
                                        + "; use a learning-rate below "
                                        + config.learningRate());
                    }
                    network.updateRunningStatistics(RUNNING_MOMENTUM);
                    network.parameterGradients(batch.logitGradient);
                    optimizer.step(1, cosine(step, steps));
                    network.parametersChanged();
                    progress.onStep(step + 1, steps, loss);
                }
            }
            return network.save();
        }
    }

    private static double cosine(int step, int steps) {
        return (1 + Math.cos(Math.PI * step / steps)) / 2;
    }

    private static int[] shuffled(int count, SplittableRandom random) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** The images, labels and loss of one step. */
    private final class Batch implements AutoCloseable {

        private final int pixels = architecture.size() * architecture.size() * 3;
        private final float[] values = new float[config.batchSize() * pixels];
        private final int[] labels = new int[config.batchSize()];
        private final Tensor images =
                Tensor.allocate(config.batchSize(), architecture.size(), architecture.size(), 3);
        private final Tensor logitGradient =
                Tensor.allocate(config.batchSize(), architecture.classes());

        void fill(int[] order, int from, SplittableRandom random) {
            for (int i = 0; i < labels.length; i++) {
                int index = order[from + i];
                config.augmentation()
                        .apply(
                                TeacherTraining.this.images,
                                index,
                                normalization,
                                random,
                                values,
                                i * pixels);
                labels[i] = TeacherTraining.this.images.label(index);
            }
            images.set(values);
        }

        /** Mean cross entropy; leaves its gradient for the logits in {@link #logitGradient}. */
        double crossEntropy(Tensor logits) {
            int classes = logits.extent(1);
            double loss = 0;
            for (int n = 0; n < labels.length; n++) {
                double highest = Double.NEGATIVE_INFINITY;
                for (int c = 0; c < classes; c++) {
                    highest = Math.max(highest, logits.get(n * classes + c));
                }
                double sum = 0;
                for (int c = 0; c < classes; c++) {
                    sum += Math.exp(logits.get(n * classes + c) - highest);
                }
                for (int c = 0; c < classes; c++) {
                    double p = Math.exp(logits.get(n * classes + c) - highest) / sum;
                    double hot = c == labels[n] ? 1 : 0;
                    logitGradient.set(n * classes + c, (float) ((p - hot) / labels.length));
                }
                loss += highest + Math.log(sum) - logits.get(n * classes + labels[n]);
            }
            return loss / labels.length;
        }

        @Override
        public void close() {
            images.close();
            logitGradient.close();
        }
    }
}
