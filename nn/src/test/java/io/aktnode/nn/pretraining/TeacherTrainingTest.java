package io.aktnode.nn.pretraining;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.data.Augmentation;
import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.engine.Network;
import io.aktnode.nn.engine.NetworkMode;
import io.aktnode.nn.engine.NetworkSettings;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.role.Evaluator;
import io.aktnode.nn.zoo.Architecture;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TeacherTrainingTest {

    private static final Architecture ARCHITECTURE = new Architecture("resnet8", 3, 8);
    private static final Normalization NORMALIZATION = Normalization.cifar10();

    /** Class c is brightest in colour channel c, under heavy noise. */
    private static ImageSet images(int count, long seed) {
        Random random = new Random(seed);
        byte[] pixels = new byte[count * 8 * 8 * 3];
        int[] labels = new int[count];
        for (int n = 0; n < count; n++) {
            labels[n] = n % 3;
            for (int p = 0; p < 8 * 8 * 3; p++) {
                int signal = p % 3 == labels[n] ? 150 : 110;
                double value = signal + 40 * random.nextGaussian();
                pixels[n * 192 + p] = (byte) Math.max(0, Math.min(255, value));
            }
        }
        return new ImageSet(List.of("red", "green", "blue"), 8, 8, pixels, labels);
    }

    private static PretrainingConfig config(int epochs, double learningRate) {
        return new PretrainingConfig(
                epochs, 16, 2, learningRate, 0.9, 1e-4, new Augmentation(1, true), 5);
    }

    private static StateDict train(int threads, TeacherTraining.Progress progress) {
        try (ComputePool pool = new ComputePool(threads)) {
            return new TeacherTraining(
                            ARCHITECTURE, config(4, 0.05), images(96, 1), NORMALIZATION, pool)
                    .run(progress);
        }
    }

    @Test
    void aNetworkLearnsAndItsRunningStatisticsFitUnseenImages() {
        List<Double> losses = new ArrayList<>();
        StateDict weights = train(2, (step, steps, loss) -> losses.add(loss));

        assertEquals(4 * 6, losses.size());
        assertTrue(losses.get(23) < 0.5 * losses.get(0), losses.toString());
        try (ComputePool pool = new ComputePool(2);
                Network network =
                        Network.compile(
                                ARCHITECTURE.graph(1),
                                new NetworkSettings(
                                        8, 16, 2, NetworkMode.INFERENCE, Optional.empty()),
                                pool)) {
            network.load(weights);
            // 50 images leave the last batch of 16 partly empty.
            assertTrue(Evaluator.top1(network, images(50, 2), NORMALIZATION) > 90);
        }
    }

    @Test
    void theSameSeedGivesTheSameWeightsOnAnyNumberOfThreads() {
        StateDict one = train(1, (step, steps, loss) -> {});
        StateDict three = train(3, (step, steps, loss) -> {});

        one.arrays()
                .forEach(
                        (name, array) ->
                                assertArrayEquals(array.values(), three.get(name).values(), name));
    }

    @Test
    void aLearningRateThatDivergesIsNamed() {
        try (ComputePool pool = new ComputePool(2)) {
            TeacherTraining training =
                    new TeacherTraining(
                            ARCHITECTURE, config(50, 1e20), images(96, 1), NORMALIZATION, pool);

            IllegalStateException thrown =
                    assertThrows(
                            IllegalStateException.class,
                            () -> training.run((step, steps, loss) -> {}));

            assertTrue(
                    thrown.getMessage().contains("use a learning-rate below"), thrown.getMessage());
        }
    }

    @Test
    void tooFewImagesForABatchAreRefused() {
        try (ComputePool pool = new ComputePool(1)) {
            IllegalArgumentException thrown =
                    assertThrows(
                            IllegalArgumentException.class,
                            () ->
                                    new TeacherTraining(
                                            ARCHITECTURE,
                                            config(1, 0.1),
                                            images(6, 1),
                                            NORMALIZATION,
                                            pool));

            assertEquals(
                    "6 images do not fill a batch of 16; use a smaller batch or more images",
                    thrown.getMessage());
        }
    }
}
