package io.aktnode.actors.engine;

import io.aktnode.actors.run.RoleFactory;
import io.aktnode.nn.data.Augmentation;
import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.engine.GraphParameters;
import io.aktnode.nn.generator.EngineGenerator;
import io.aktnode.nn.generator.GeneratorShape;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.pretraining.PretrainingConfig;
import io.aktnode.nn.pretraining.TeacherTraining;
import io.aktnode.nn.role.EngineStudent;
import io.aktnode.nn.role.EngineTeacher;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.GeneratorConfig;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.MethodConfig;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.Schedule;
import io.aktnode.nn.train.StudentOptimizerConfig;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.TeacherRole;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.nn.zoo.Architecture;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Real roles around a ResNet-8 for images of 16x16, small enough for tests. */
final class SmallEngine implements RoleFactory, AutoCloseable {

    static final int SIDE = 16;
    static final Architecture ARCHITECTURE = new Architecture("resnet8", 10, SIDE);
    private static final int LATENT = 16;
    private static final int RGB = 3;
    private static final double NOISE = 127;

    private final TrainingConfig config;
    private final int window;
    private final StateDict weights;
    private final ComputePool pool;

    SmallEngine(TrainingConfig config, int window, StateDict weights, int threads) {
        this.config = config;
        this.window = window;
        this.weights = weights;
        this.pool = new ComputePool(threads);
    }

    static TrainingConfig config(BaseMethod base, boolean akt, Schedule schedule, int batch) {
        return new TrainingConfig(
                MethodConfig.of(base, akt),
                QuantizationConfig.of(3),
                schedule,
                StudentOptimizerConfig.defaults(),
                new GeneratorConfig(LATENT, 1e-3, 0.5, 0.999),
                batch,
                2,
                5);
    }

    /** Weights as they are before any training: enough to compare numbers. */
    static StateDict untrained() {
        return GraphParameters.read(ARCHITECTURE.graph(99));
    }

    /** Noisy stripes: the class is their direction and tint. */
    static ImageSet images(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] pixels = new byte[count * SIDE * SIDE * RGB];
        int[] labels = new int[count];
        int at = 0;
        for (int i = 0; i < count; i++) {
            labels[i] = random.nextInt(ARCHITECTURE.classes());
            double angle = Math.PI * labels[i] / ARCHITECTURE.classes();
            double phase = random.nextDouble(2 * Math.PI);
            for (int row = 0; row < SIDE; row++) {
                for (int column = 0; column < SIDE; column++) {
                    double along = column * Math.cos(angle) + row * Math.sin(angle);
                    for (int channel = 0; channel < RGB; channel++) {
                        double tint = channel == labels[i] % RGB ? 1 : 0.6;
                        double noise = random.nextDouble(-NOISE, NOISE);
                        double value = 128 + 28 * tint * Math.sin(along + phase) + noise;
                        pixels[at++] = (byte) Math.max(0, Math.min(255, value));
                    }
                }
            }
        }
        List<String> names =
                IntStream.range(0, ARCHITECTURE.classes()).mapToObj(String::valueOf).toList();
        return new ImageSet(names, SIDE, SIDE, pixels, labels);
    }

    /** Trains a teacher on such images. */
    static StateDict trained(int epochs, int imageCount) {
        try (ComputePool pool = new ComputePool(4)) {
            return new TeacherTraining(
                            ARCHITECTURE,
                            new PretrainingConfig(
                                    epochs, 64, 4, 0.1, 0.9, 1e-4, new Augmentation(0, false), 3),
                            images(imageCount, 1),
                            Normalization.cifar10(),
                            pool)
                    .run((step, steps, loss) -> {});
        }
    }

    static Schedule schedule(int epochs, int stepsPerEpoch, int calibrationEpochs) {
        return new Schedule(epochs, stepsPerEpoch, calibrationEpochs, List.of(), 0.1);
    }

    @Override
    public GeneratorRole generator() {
        return new EngineGenerator(
                config,
                new GeneratorShape(ARCHITECTURE.classes(), LATENT, SIDE, RGB),
                window,
                pool);
    }

    @Override
    public TeacherRole teacher() {
        return new EngineTeacher(ARCHITECTURE, weights, config, pool);
    }

    @Override
    public StudentRole student(int id, QuantizationConfig bits) {
        TrainingConfig own = config.withQuantization(bits);
        return new EngineStudent(ARCHITECTURE, weights, own, Normalization.cifar10(), pool);
    }

    @Override
    public void close() {
        pool.close();
    }
}
