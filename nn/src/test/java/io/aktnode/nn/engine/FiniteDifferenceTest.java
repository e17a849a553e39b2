package io.aktnode.nn.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.golden.Golden;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.optim.Parameter;
import io.aktnode.nn.zoo.CifarResNet;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Every gradient against central differences along random directions. ReLUs are kinks, so the
 * difference along a direction is compared with a tolerance of a few percent: a wrong formula is
 * off by far more.
 */
class FiniteDifferenceTest {

    private static final int BATCH = 6;
    private static final int SIZE = 8;
    private static final int CLASSES = 5;

    /** Relative step; the feature loss bends so much sooner that it gets a smaller one. */
    private static final double STEP = 2e-3;

    private static final double FEATURE_STEP = 4e-4;
    private static final double TOLERANCE = 0.03;

    private final ComputePool pool = new ComputePool(2);
    private final Tensor images = RandomNetworks.normal(1, BATCH, SIZE, SIZE, 3);
    private final Tensor cotangent = RandomNetworks.normal(2, BATCH, CLASSES);
    private Network network;

    @AfterEach
    void close() {
        network.close();
        images.close();
        cotangent.close();
        pool.close();
    }

    private void compile(NetworkMode mode) {
        network =
                Network.compile(
                        CifarResNet.graph(8, CLASSES, SIZE, 1),
                        new NetworkSettings(SIZE, BATCH, 2, mode, Optional.empty()),
                        pool);
        network.load(RandomNetworks.parameters(network.parameterShapes(), 3));
    }

    @Test
    void theInputGradientOfTheLogits() {
        compile(NetworkMode.STUDENT);
        network.forward(images);
        float[] gradient = network.inputGradient(cotangent).toFloats();

        assertAlongRandomDirections(images, gradient, this::projectedLogits);
    }

    @Test
    void theInputGradientOfTheBatchNormStatistics() {
        compile(NetworkMode.TEACHER);
        network.batchNormStatisticsWeight(1);
        network.forward(images);
        network.batchNormStatistics();
        try (Tensor zero = Tensor.allocate(BATCH, CLASSES).zero()) {
            float[] gradient = network.inputGradient(zero).toFloats();

            assertAlongRandomDirections(
                    images,
                    gradient,
                    () -> {
                        network.forward(images);
                        return network.batchNormStatistics();
                    });
        }
    }

    @Test
    void everyParameterGradientWithFrozenBatchNorm() {
        compile(NetworkMode.STUDENT);
        network.forward(images);
        network.parameterGradients(cotangent);

        assertParameterGradients(STEP, this::projectedLogits);
    }

    @Test
    void everyParameterGradientWithTheBatchsOwnStatistics() {
        compile(NetworkMode.PRETRAINING);
        network.forward(images);
        network.parameterGradients(cotangent);

        assertParameterGradients(STEP, this::projectedLogits);
    }

    @Test
    void everyParameterGradientOfTheFeatureLoss() {
        compile(NetworkMode.STUDENT);
        try (Network teacher = teacher();
                Tensor zero = Tensor.allocate(BATCH, CLASSES).zero()) {
            teacher.forward(images);
            teacher.taps().compute(pool);
            network.forward(images);
            distill(teacher);
            network.parameterGradients(zero);

            assertParameterGradients(
                    FEATURE_STEP,
                    () -> {
                        network.forward(images);
                        distill(teacher);
                        network.inputGradient(zero);
                        return network.taps().featureLoss();
                    });
        }
    }

    private Network teacher() {
        Network teacher =
                Network.compile(
                        CifarResNet.graph(8, CLASSES, SIZE, 1),
                        new NetworkSettings(
                                SIZE, BATCH, 2, NetworkMode.INFERENCE, Optional.empty()),
                        pool);
        teacher.load(RandomNetworks.parameters(teacher.parameterShapes(), 30));
        return teacher;
    }

    /** A temperature at which the divergences are far above float rounding. */
    private void distill(Network teacher) {
        network.taps().distill(teacher.taps().channel(), teacher.taps().spatial(), 0.1, 10);
    }

    private double projectedLogits() {
        Tensor logits = network.forward(images);
        double sum = 0;
        for (int i = 0; i < logits.length(); i++) {
            sum += (double) logits.get(i) * cotangent.get(i);
        }
        return sum;
    }

    private void assertParameterGradients(double relativeStep, DoubleSupplier loss) {
        int checked = 0;
        double whole = 0;
        for (Parameter parameter : network.trainable()) {
            whole = Math.max(whole, Golden.norm(parameter.gradient().toFloats()));
        }
        for (Parameter parameter : network.trainable()) {
            float[] gradient = parameter.gradient().toFloats();
            float[] original = parameter.value().toFloats();
            double norm = Golden.norm(gradient);
            double step = relativeStep * Math.max(1e-3, Golden.norm(original));
            double difference =
                    directional(parameter.value(), original, gradient, norm, step, loss);
            double resolution = 1e-3 * whole;
            assertEquals(norm, difference, TOLERANCE * norm + resolution, parameter.name());
            checked++;
        }
        assertTrue(checked > 20, checked + " parameters were checked");
    }

    /** Slope of the loss along the gradient itself: it must be the gradient's norm. */
    private double directional(
            Tensor value,
            float[] original,
            float[] direction,
            double norm,
            double step,
            DoubleSupplier loss) {
        if (norm == 0) {
            return 0;
        }
        double high = lossAt(value, original, direction, step / norm, loss);
        double low = lossAt(value, original, direction, -step / norm, loss);
        value.set(original);
        network.parametersChanged();
        return (high - low) / (2 * step);
    }

    private double lossAt(
            Tensor value, float[] original, float[] direction, double step, DoubleSupplier loss) {
        float[] moved = new float[original.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = (float) (original[i] + step * direction[i]);
        }
        value.set(moved);
        network.parametersChanged();
        return loss.getAsDouble();
    }

    private void assertAlongRandomDirections(Tensor input, float[] gradient, DoubleSupplier loss) {
        float[] original = input.toFloats();
        double norm = Golden.norm(gradient);
        double step = 5e-3 * Golden.norm(original) / Math.sqrt(original.length);
        Random random = new Random(9);
        for (int trial = 0; trial < 5; trial++) {
            float[] direction = new float[original.length];
            double expected = 0;
            double length = 0;
            for (int i = 0; i < direction.length; i++) {
                // Half along the gradient, so that the slope is well above rounding.
                direction[i] =
                        (float)
                                (random.nextGaussian() / Math.sqrt(direction.length)
                                        + gradient[i] / norm);
                length += (double) direction[i] * direction[i];
                expected += (double) direction[i] * gradient[i];
            }
            length = Math.sqrt(length);
            double slope = directional(input, original, direction, length, step, loss);
            assertEquals(expected / length, slope, TOLERANCE * norm, "direction " + trial);
        }
    }
}
